//! Runs of the allocator.

use libprocess::time::Time;

use super::*;

#[test]
fn one_framework_gets_all_of_an_agent() {
    let mut allocator = cluster(&["S0"], &["F0"]);
    let allocations = run(&mut allocator);
    assert_eq!(allocations.len(), 1);
    assert_eq!(allocations[0].framework, "F0");
    assert_eq!(allocations[0].resources, agent().allocated_to("*"));
    assert_eq!(run(&mut allocator), [], "nothing is left");
}

#[test]
fn agents_are_shared_evenly() {
    let mut allocator = cluster(&["S0", "S1", "S2", "S3"], &["F0", "F1"]);
    let allocations = run(&mut allocator);
    for framework in ["F0", "F1"] {
        let its = allocations
            .iter()
            .filter(|it| it.framework == framework)
            .count();
        assert_eq!(its, 2);
    }
}

#[test]
fn who_has_less_comes_first() {
    let mut allocator = cluster(&["S0"], &["F0", "F1"]);
    let taken = Resources::parse("cpus:1", "*").unwrap().allocated_to("*");
    allocator.charge("F0", "S0", &taken);
    assert_eq!(run(&mut allocator)[0].framework, "F1");
}

#[test]
fn what_comes_back_is_offered_again() {
    let mut allocator = cluster(&["S0"], &["F0"]);
    let offered = run(&mut allocator).remove(0).resources;
    let task = Resources::parse("cpus:1;mem:64", "*")
        .unwrap()
        .allocated_to("*");
    let mut unused = offered.clone();
    unused -= &task;
    allocator.recover("F0", "S0", &unused);
    assert_eq!(run(&mut allocator)[0].resources, unused);
    allocator.recover("F0", "S0", &task);
    assert_eq!(run(&mut allocator)[0].resources, task);
}

#[test]
fn a_filter_hides_what_was_refused_until_it_ends_or_there_is_more() {
    let mut allocator = cluster(&["S0"], &["F0"]);
    let task = Resources::parse("cpus:1", "*").unwrap().allocated_to("*");
    allocator.charge("F0", "S0", &task);
    let offered = run(&mut allocator).remove(0).resources;
    allocator.recover("F0", "S0", &offered);
    allocator.filter("F0", "S0", &offered, at(5));
    assert_eq!(allocator.run(at(4), &mut Random::new(1)), []);
    assert_eq!(allocator.run(at(5), &mut Random::new(1)).len(), 1);
    allocator.recover("F0", "S0", &offered);
    allocator.filter("F0", "S0", &offered, at(9));
    allocator.recover("F0", "S0", &task);
    assert_eq!(
        allocator.run(at(6), &mut Random::new(1)).len(),
        1,
        "a task has ended"
    );
}

#[test]
fn reviving_forgets_filters_and_suppression() {
    let mut allocator = cluster(&["S0"], &["F0"]);
    let role = BTreeSet::from(["*".to_owned()]);
    let offered = run(&mut allocator).remove(0).resources;
    allocator.recover("F0", "S0", &offered);
    allocator.filter("F0", "S0", &offered, at(1000));
    allocator.suppress("F0", &role);
    assert_eq!(run(&mut allocator), []);
    allocator.revive("F0", &role);
    assert_eq!(run(&mut allocator).len(), 1);
}

#[test]
fn the_inactive_get_and_give_nothing() {
    let mut allocator = cluster(&["S0"], &["F0"]);
    allocator.set_framework_active("F0", false);
    assert_eq!(run(&mut allocator), []);
    allocator.set_framework_active("F0", true);
    allocator.set_agent_active("S0", false);
    assert_eq!(run(&mut allocator), []);
}

#[test]
fn crumbs_are_not_offered() {
    let mut allocator = cluster(&[], &["F0"]);
    allocator.add_agent(
        "S0",
        Resources::parse("cpus:0.009;mem:31", "*").unwrap(),
        vec![],
    );
    assert_eq!(run(&mut allocator), []);
    allocator.update_agent("S0", Resources::parse("mem:32", "*").unwrap());
    assert_eq!(run(&mut allocator).len(), 1);
}

#[test]
fn reservations_go_to_their_role() {
    let mut allocator = Allocator::default();
    let total = Resources::parse("cpus(web):1;mem(web):64", "*").unwrap();
    allocator.add_agent("S0", total, vec![]);
    add(&mut allocator, "F0", "*");
    assert_eq!(run(&mut allocator), []);
    add(&mut allocator, "F1", "web");
    assert_eq!(run(&mut allocator)[0].framework, "F1");
}

#[test]
fn refusals_are_bounded() {
    let second = Duration::from_secs(1);
    assert_eq!(refusal(None, second), Some(Duration::from_secs(5)));
    assert_eq!(refusal(Some(0.0), second), None);
    assert_eq!(refusal(Some(-1.0), second), Some(Duration::from_secs(5)));
    assert_eq!(refusal(Some(0.1), second), Some(second));
    assert_eq!(refusal(Some(f64::NAN), second), Some(LONGEST_REFUSAL));
    assert_eq!(refusal(Some(1e300), second), Some(LONGEST_REFUSAL));
}

fn cluster(agents: &[&str], frameworks: &[&str]) -> Allocator {
    let mut allocator = Allocator::default();
    for id in agents {
        allocator.add_agent(id, agent(), vec![]);
    }
    for id in frameworks {
        add(&mut allocator, id, "*");
    }
    allocator
}

fn add(allocator: &mut Allocator, id: &str, role: &str) {
    allocator.put_framework(
        id,
        BTreeSet::from([role.to_owned()]),
        BTreeSet::new(),
        vec![],
    );
    allocator.set_framework_active(id, true);
}

fn agent() -> Resources {
    Resources::parse("cpus:4;mem:1024;ports:[31000-32000]", "*").unwrap()
}

fn run(allocator: &mut Allocator) -> Vec<Allocation> {
    allocator.run(at(0), &mut Random::new(1))
}

fn at(seconds: u64) -> Time {
    Time::EPOCH + Duration::from_secs(seconds)
}
