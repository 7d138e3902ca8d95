//! Resources add up, contain each other, and survive both spellings.

use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn text_is_read_and_written() {
    let text = |from| Resources::parse(from, "*").unwrap().to_string();
    assert_eq!(text("cpus:4;mem:1024;"), "cpus:4; mem:1024");
    assert_eq!(text(" cpus : 0.1 ; cpus:0.2 "), "cpus:0.3");
    assert_eq!(
        text("ports:[ 5-9, 1-4 ];disks:{b, a}"),
        "ports:[1-9]; disks:{a, b}"
    );
    assert_eq!(text("cpus(web):2;cpus:1"), "cpus(reserved: web):2; cpus:1");
    assert_eq!(text("cpus:0"), "");
    assert_eq!(
        Resources::parse("cpus:1", "web").unwrap().to_string(),
        "cpus(reserved: web):1"
    );
}

#[test]
fn bad_text_is_refused_with_the_part_that_is_wrong() {
    for (bad, why) in [
        ("cpus", "Bad resource 'cpus': it has no ':'"),
        ("mem:1;cpus:x", "Bad resource 'cpus:x': x is no amount"),
        ("cpus:-1", "Bad resource 'cpus:-1': -1 is out of bounds"),
        ("cpus:nan", "Bad resource 'cpus:nan': nan is out of bounds"),
        (
            "ports:[1-x]",
            "Bad resource 'ports:[1-x]': 1-x is not a range: a range is 31000-32000",
        ),
        (
            "ports:[1-2",
            "Bad resource 'ports:[1-2': [1-2 lacks its ']'",
        ),
        (
            "ports:[2-1]",
            "Bad resource 'ports:[2-1]': [2-1] has lower bound > upper bound",
        ),
        (
            "ports:[1-3,2-4]",
            "Bad resource 'ports:[1-3,2-4]': [1-3,2-4] has overlapping ranges",
        ),
        (
            "cpus(a b):1",
            "Invalid reservation: Role 'a b' is invalid: it contains white space",
        ),
        (":1", "Empty resource name"),
    ] {
        assert_eq!(Resources::parse(bad, "*").unwrap_err().to_string(), why);
    }
}

#[test]
fn kinds_do_not_mix() {
    let shared = Resources::parse("cpus:1", "*").unwrap();
    let reserved = Resources::parse("cpus(web):1", "*").unwrap();
    assert!(!shared.contains(&reserved) && !reserved.contains(&shared));
    let allocated = shared.allocated_to("web");
    assert_eq!(allocated.to_string(), "cpus(allocated: web):1");
    assert!(!shared.contains(&allocated));
    assert_eq!(allocated.unallocated(), shared);
    let both = Resources::parse("cpus:1;cpus(web):1", "*").unwrap();
    assert_eq!(both.scalar("cpus"), 2.0);
}

#[test]
fn a_role_has_its_own_and_its_parents() {
    let all = Resources::parse("cpus:1;cpus(a):2;cpus(a/b):4;cpus(ab):8", "*").unwrap();
    assert_eq!(all.available_to("a").scalar("cpus"), 3.0);
    assert_eq!(all.available_to("a/b").scalar("cpus"), 7.0);
    assert_eq!(all.available_to("*").scalar("cpus"), 1.0);
}

#[test]
fn both_spellings_of_a_reservation_are_one() {
    let resources = Resources::parse("cpus:1;mem(web):2", "*").unwrap();
    let old = resources.to_old_messages();
    assert_eq!(old[0].role.as_deref(), Some("*"));
    assert_eq!(old[1].role.as_deref(), Some("web"));
    assert!(old.iter().all(|it| it.reservations.is_empty()));
    assert!(resources.to_messages().iter().all(|it| it.role.is_none()));
    assert_eq!(Resources::from_messages(&old), Ok(resources));
}

#[test]
fn the_endpoints_see_sums() {
    let resources = Resources::parse("cpus:1.5;cpus(web):2;ports:[1-2,4-5];zones:{b,a}", "*");
    assert_eq!(
        resources.unwrap().to_json(),
        json!({
            "cpus": 3.5, "gpus": 0.0, "mem": 0.0, "disk": 0.0,
            "ports": "[1-2, 4-5]", "zones": "{a, b}",
        })
    );
}

#[test]
fn a_field_that_nobody_here_knows_makes_a_kind_of_its_own() {
    let known = Resources::parse("cpus:1", "*").unwrap();
    let mut message = known.to_messages().remove(0);
    let unknown = buffa::UnknownField {
        number: 99,
        data: buffa::UnknownFieldData::Varint(1),
    };
    message.__buffa_unknown_fields.push(unknown);
    let resources = Resources::from_messages(&[message.clone()]).unwrap();
    assert_eq!(resources.to_messages(), [message]);
    assert!(!known.contains(&resources));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_handed_out_comes_back(all in bag(), part in bag()) {
        let mut rest = all.clone();
        if all.contains(&part) {
            rest -= &part;
            rest += &part;
            prop_assert_eq!(&rest, &all);
        }
        let mut more = all.clone();
        more += &part;
        prop_assert!(more.contains(&all));
    }

    #[test]
    fn ranges_agree_with_the_numbers_in_them(left in numbers(), right in numbers()) {
        let (a, b) = (ranges(&left), ranges(&right));
        prop_assert_eq!(a.contains(&b), left.is_superset(&right));
        let mut sum = a.clone();
        sum += &b;
        prop_assert_eq!(sum, ranges(&left.union(&right).copied().collect()));
        let mut difference = a.clone();
        difference -= &b;
        prop_assert_eq!(difference, ranges(&left.difference(&right).copied().collect()));
    }
}

fn bag() -> impl Strategy<Value = Resources> {
    (0u32..50, 0u32..50, numbers()).prop_map(|(cpus, mem, ports)| {
        let mut bag =
            Resources::parse(&format!("cpus:{}.{};mem:{mem}", cpus / 10, cpus % 10), "*").unwrap();
        bag += &ranges(&ports);
        bag
    })
}

type Numbers = std::collections::BTreeSet<u64>;

fn numbers() -> impl Strategy<Value = Numbers> {
    proptest::collection::btree_set(0u64..20, 0..20)
}

fn ranges(numbers: &Numbers) -> Resources {
    let parts: Vec<_> = numbers.iter().map(|it| format!("{it}-{it}")).collect();
    Resources::parse(&format!("ports:[{}]", parts.join(",")), "*").unwrap()
}
