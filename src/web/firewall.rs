//! Who is turned away before anybody looks at what they want.

use std::collections::BTreeSet;
use std::fmt;

use crate::address::Address;
use crate::codec::head::RequestHead;
use crate::codec::url;
use crate::http::{Response, Status};
use crate::primitive::sync::atomic::{AtomicBool, Ordering};
use crate::primitive::sync::{Arc, RwLock};

/// The rules of a server. Each request is held against all of them, in order; the first that
/// objects has the word.
///
/// Messages are requests too, and are held against them like all others: C++ libprocess lets them
/// pass.
///
/// ```
/// use libprocess::runtime::Runtime;
/// use libprocess::web::DisabledEndpoints;
///
/// let runtime = Runtime::builder().start()?;
/// let rule = DisabledEndpoints::new(["/metrics/snapshot"]);
/// runtime.firewall().install(vec![Box::new(rule)]);
/// let response = runtime.client().get(runtime.address(), "/metrics//snap%73hot/").wait()?;
/// assert_eq!(response.status.code(), 403);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
#[doc(alias = "process::firewall")]
pub struct Firewall {
    rules: RwLock<Arc<[Box<dyn Rule>]>>,
    /// Whether there are any.
    is_up: AtomicBool,
}

impl Firewall {
    /// Puts these rules in the place of those that were there.
    #[doc(alias = "process::firewall::install")]
    pub fn install(&self, rules: Vec<Box<dyn Rule>>) {
        let is_up = !rules.is_empty();
        *self.rules.write() = rules.into();
        // Release pairs with the Acquire of `is_up`: who sees that there are rules sees them.
        self.is_up.store(is_up, Ordering::Release);
    }

    /// Whether there are rules.
    pub(super) fn is_up(&self) -> bool {
        // Acquire pairs with the Release of `install`.
        self.is_up.load(Ordering::Acquire)
    }

    /// The answer to what a rule objects to.
    pub(super) fn refuse(&self, knock: &Knock<'_, '_>) -> Option<Response> {
        if !self.is_up() {
            return None;
        }
        let rules = Arc::clone(&self.rules.read());
        rules.iter().find_map(|rule| rule.refuse(knock))
    }
}

impl fmt::Debug for Firewall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = self.rules.read().len();
        f.debug_struct("Firewall").field("rules", &rules).finish()
    }
}

/// A rule of a [`Firewall`].
#[doc(alias = "FirewallRule")]
pub trait Rule: Send + Sync + 'static {
    /// The answer to a request that is not let in.
    fn refuse(&self, knock: &Knock<'_, '_>) -> Option<Response>;
}

/// What a rule may look at: a request whose body is still to come.
#[derive(Clone, Copy, Debug)]
pub struct Knock<'a, 'h> {
    /// Where the request comes from.
    pub peer: Address,
    /// Its head.
    pub head: &'a RequestHead<'h>,
    /// Where it goes: the path, led to the delegate where that is who would answer.
    pub path: &'a str,
    /// The endpoint that would answer, if it is known: `/<id>/<route>`. More may follow behind it.
    pub route: Option<&'a str>,
}

/// Turns away requests for these paths, however they are written: with repeated slashes or one at
/// the end, escaped, left for the delegate, or with more behind that leads to the same endpoint.
/// C++ libprocess compares the bytes.
#[derive(Clone, Debug)]
#[doc(alias = "DisabledEndpointsFirewallRule")]
pub struct DisabledEndpoints(BTreeSet<String>);

impl DisabledEndpoints {
    /// The rule for these paths: `/metrics/snapshot`.
    pub fn new<T: AsRef<str>>(paths: impl IntoIterator<Item = T>) -> Self {
        let paths = paths.into_iter();
        Self(paths.map(|path| plain_form(path.as_ref())).collect())
    }
}

impl Rule for DisabledEndpoints {
    fn refuse(&self, knock: &Knock<'_, '_>) -> Option<Response> {
        let text = format!("Endpoint '{}' is disabled", knock.path);
        let mut names = [Some(knock.path), knock.route].into_iter().flatten();
        names
            .any(|name| self.0.contains(&plain_form(name)))
            .then(|| Response::text(Status::FORBIDDEN, text))
    }
}

/// One form for all ways to write a path.
fn plain_form(path: &str) -> String {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let plain = segments.map(|segment| url::decode_text(segment).unwrap_or(segment.into()));
    plain.fold(String::new(), |whole, segment| whole + "/" + &segment)
}
