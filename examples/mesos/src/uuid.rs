//! Ids of the form that everybody takes for a UUID, from the runtime's seed: so a run repeats.

use bytes::Bytes;
use libprocess::primitive::random::Random;

/// The 16 bytes of a random UUID (version 4 of RFC 9562).
pub fn bytes(random: &mut Random) -> Bytes {
    let (high, low) = (random.next_u64(), random.next_u64());
    let high = high & !0xf000 | 0x4000;
    let low = low & (u64::MAX >> 2) | 1 << 63;
    Bytes::from([high.to_be_bytes(), low.to_be_bytes()].concat())
}

/// The text of a random UUID: `6f1c0c6a-...`.
pub fn text(random: &mut Random) -> String {
    let mut text: String = bytes(random)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for hyphen in [20, 16, 12, 8] {
        text.insert(hyphen, '-');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_and_the_variant_stand_where_they_must() {
        let mut random = Random::new(7);
        for _ in 0..100 {
            let text = text(&mut random);
            let parts: Vec<usize> = text.split('-').map(str::len).collect();
            assert_eq!(parts, [8, 4, 4, 4, 12], "{text}");
            assert_eq!(&text[14..15], "4", "{text}");
            assert!("89ab".contains(&text[19..20]), "{text}");
        }
    }

    #[test]
    fn equal_seeds_give_equal_ids() {
        assert_eq!(text(&mut Random::new(1)), text(&mut Random::new(1)));
        assert_ne!(text(&mut Random::new(1)), text(&mut Random::new(2)));
    }
}
