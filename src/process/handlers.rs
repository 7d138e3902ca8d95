//! Which function of a process handles messages of which name.
//!
//! Processes of one type mostly install the same handlers in the same order, so they share one
//! table, and each knows only how much of it is its own: the handlers that it has installed so far
//! are always the table's first ones. The first process of a type makes the table while it is
//! initialized and leaves it to the others. A process that installs something else than the table
//! has next goes on with a copy of its part.

use std::any::{Any, TypeId};
use std::ptr::fn_addr_eq;

use super::{Context, Delivery, Process};
use crate::codec::message::Name;
use crate::primitive::hash::Map;
use crate::primitive::sync::{Arc, RwLock};

/// A handler as it is kept.
pub(super) type Handle<P> = fn(&mut P, &mut Context<P>, Delivery);

/// The handlers of one process.
pub(super) struct Handlers<P: Process> {
    table: Option<Arc<Table<P>>>,
    /// How many of the table's handlers this process has.
    installed: u32,
}

/// Handlers by name, each with how many were installed before it.
type Table<P> = Map<Name, (u32, Handle<P>)>;

impl<P: Process> Handlers<P> {
    /// The handler for messages of this name.
    pub(super) fn get(&self, name: &str) -> Option<Handle<P>> {
        let (before, handle) = self.table.as_ref()?.get(name)?;
        (*before < self.installed).then_some(*handle)
    }

    /// Installs a handler, in place of one of the same name.
    pub(super) fn install(&mut self, name: Name, handle: Handle<P>) {
        let table = self.table.get_or_insert_default();
        if let Some((before, next)) = table.get(&*name)
            && *before == self.installed
            && fn_addr_eq(*next, handle)
        {
            self.installed += 1;
            return;
        }
        let installed = self.installed;
        let table = Arc::make_mut(table);
        table.retain(|_, (before, _)| *before < installed);
        match table.get_mut(&*name) {
            Some((_, replaced)) => *replaced = handle,
            None => {
                table.insert(name, (installed, handle));
                self.installed += 1;
            }
        }
    }
}

impl<P: Process> Default for Handlers<P> {
    fn default() -> Self {
        Self {
            table: None,
            installed: 0,
        }
    }
}

/// The tables that the first process of each type has made.
#[derive(Default)]
pub(super) struct Tables(RwLock<Map<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Tables {
    /// No handlers yet, but perhaps a table to find them in.
    pub(super) fn begin<P: Process>(&self) -> Handlers<P> {
        let table = self.0.read().get(&TypeId::of::<P>()).cloned();
        Handlers {
            table: table.map(|table| table.downcast().expect("it is filed under its type")),
            installed: 0,
        }
    }

    /// Leaves the table of a process to others of its type, unless there is one.
    pub(super) fn share<P: Process>(&self, handlers: &Handlers<P>) {
        if let Some(table) = &handlers.table
            && !self.0.read().contains_key(&TypeId::of::<P>())
        {
            let mut tables = self.0.write();
            tables.entry(TypeId::of::<P>()).or_insert(table.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nobody;

    impl Process for Nobody {}

    // They differ in what they do, so that no compiler makes them one function.
    fn one(_: &mut Nobody, _: &mut Context<Nobody>, message: Delivery) {
        drop(message.name);
    }

    fn two(_: &mut Nobody, _: &mut Context<Nobody>, message: Delivery) {
        drop(message.body);
    }

    fn found(handlers: &Handlers<Nobody>, name: &str) -> Option<u8> {
        let handle = handlers.get(name)?;
        Some(if fn_addr_eq(handle, one as Handle<Nobody>) {
            1
        } else {
            2
        })
    }

    fn install(handlers: &mut Handlers<Nobody>, all: &[(&'static str, Handle<Nobody>)]) {
        for (name, handle) in all {
            handlers.install(Name::from(*name), *handle);
        }
    }

    fn shares(a: &Handlers<Nobody>, b: &Handlers<Nobody>) -> bool {
        Arc::ptr_eq(a.table.as_ref().unwrap(), b.table.as_ref().unwrap())
    }

    #[test]
    fn the_second_process_finds_its_handlers_in_the_table_of_the_first() {
        let tables = Tables::default();
        let mut first = tables.begin();
        install(&mut first, &[("a", one), ("b", two)]);
        tables.share(&first);

        let mut second = tables.begin();
        assert_eq!(found(&second, "a"), None);
        install(&mut second, &[("a", one)]);
        assert_eq!((found(&second, "a"), found(&second, "b")), (Some(1), None));
        install(&mut second, &[("b", two)]);
        assert_eq!(found(&second, "b"), Some(2));
        assert!(shares(&first, &second));
    }

    #[test]
    fn a_process_that_differs_has_a_table_of_its_own() {
        let tables = Tables::default();
        let mut first = tables.begin();
        install(&mut first, &[("a", one), ("b", one)]);
        tables.share(&first);

        let mut second = tables.begin();
        install(&mut second, &[("a", one), ("b", two)]);
        assert!(!shares(&first, &second));
        assert_eq!(
            (found(&first, "b"), found(&second, "b")),
            (Some(1), Some(2))
        );

        let mut third = tables.begin();
        install(&mut third, &[("b", one)]);
        assert_eq!((found(&third, "a"), found(&third, "b")), (None, Some(1)));
    }

    #[test]
    fn a_replaced_handler_is_replaced_for_one_process_only() {
        let tables = Tables::default();
        let mut first = tables.begin();
        install(&mut first, &[("a", one), ("b", one), ("a", two)]);
        assert_eq!((found(&first, "a"), found(&first, "b")), (Some(2), Some(1)));
        tables.share(&first);
        install(&mut first, &[("b", two)]);

        let mut second = tables.begin();
        install(&mut second, &[("a", two), ("b", one)]);
        assert_eq!(
            (found(&first, "b"), found(&second, "b")),
            (Some(2), Some(1))
        );
    }
}
