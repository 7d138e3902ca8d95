//! What is declined is not offered again for a while, unless there is more of it.

use mesos::messages::Offer;
use mesos::messages::scheduler::call;

use super::{Actor, Cluster, info};

#[test]
fn a_declined_offer_comes_back_when_its_filter_ends() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let _agent = cluster.agent("agent", "cpus:4;mem:1024");
    declines(&framework, &framework.hears_offer(), None);
    cluster.advance(4);
    framework.hears_nothing();
    cluster.advance(1);
    declines(&framework, &framework.hears_offer(), Some(100.0));
    cluster.advance(99);
    framework.hears_nothing();
    cluster.advance(1);
    framework.hears_offer();
    assert_eq!(cluster.metric("master/messages_decline_offers"), 2.0);
}

#[test]
fn reviving_forgets_the_filter() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let _agent = cluster.agent("agent", "cpus:4;mem:1024");
    declines(&framework, &framework.hears_offer(), Some(1e6));
    framework.calls(call::Type::REVIVE, |_| {});
    framework.hears_offer();
}

#[test]
fn a_framework_that_wants_no_offers_gets_none() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    framework.calls(call::Type::SUPPRESS, |_| {});
    let _agent = cluster.agent("agent", "cpus:4;mem:1024");
    cluster.advance(10);
    framework.hears_nothing();
    framework.calls(call::Type::REVIVE, |call| {
        call.revive.get_or_insert_default().roles = vec!["not its own".to_owned()];
    });
    framework.hears_nothing();
    framework.calls(call::Type::REVIVE, |_| {});
    framework.hears_offer();
}

#[test]
fn who_declines_leaves_it_to_others() {
    let cluster = Cluster::new();
    let first = cluster.framework("first", info());
    let _agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = first.hears_offer();
    let second = cluster.framework("second", info());
    second.hears_nothing();
    declines(&second, &offer, None);
    cluster.advance(1);
    second.hears_nothing();
    declines(&first, &offer, None);
    cluster.advance(1);
    second.hears_offer();
}

fn declines(framework: &Actor<'_>, offer: &Offer, refuse_seconds: Option<f64>) {
    framework.calls(call::Type::DECLINE, |call| {
        let decline = call.decline.get_or_insert_default();
        decline.offer_ids = vec![(*offer.id).clone()];
        if refuse_seconds.is_some() {
            decline.filters.get_or_insert_default().refuse_seconds = refuse_seconds;
        }
    });
}
