//! Counters that belong together.

/// Declares what one part of a runtime counts about itself: a struct of [`Counter`]s, each under
/// `libprocess/` and the name of its field.
///
/// [`Counter`]: crate::metrics::Counter
macro_rules! counters {
    (
        $(#[$about_all:meta])*
        $visibility:vis struct $all:ident {
            $($(#[$about:meta])* $counter:ident,)+
        }
    ) => {
        $(#[$about_all])*
        #[derive(Debug)]
        $visibility struct $all {
            $($(#[$about])* pub $counter: $crate::metrics::Counter,)+
        }

        impl $all {
            /// Adds them to a registry in which there are none of their names.
            pub(crate) fn add_to(&self, registry: &$crate::metrics::Registry) {
                for counter in [$(&self.$counter),+] {
                    let added = registry.add(counter);
                    added.expect("nobody else has added a metric yet");
                }
            }
        }

        impl Default for $all {
            fn default() -> Self {
                let counter = |name| $crate::metrics::Counter::new(format!("libprocess/{name}"));
                Self {
                    $($counter: counter(stringify!($counter)),)+
                }
            }
        }
    };
}
pub(crate) use counters;
