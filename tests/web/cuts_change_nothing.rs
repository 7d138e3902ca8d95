//! However what a client says is cut, it hears the same.

use proptest::prelude::*;

use super::site::Site;
use crate::net::world::Nodes;

/// Things that a client may say, all of which are answered without the test's help.
const SAID: [&str; 7] = [
    "POST /p/m HTTP/1.1\r\nLibprocess-From: a@1.2.3.4:5\r\n\r\n",
    "POST /p/m HTTP/1.1\r\nUser-Agent: libprocess/a@1.2.3.4:5\r\n\
     Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "POST /nobody/m HTTP/1.1\r\nLibprocess-From: x\r\nContent-Length: 2\r\n\r\nhi",
    "GET /nobody?a=b HTTP/1.1\r\nHost: x\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
    "\r\nHEAD / HTTP/1.1\r\n\r\n",
    "GET /p?a=%zz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
];

/// Things that a client may say last.
const LAST: [&str; 4] = [
    "",
    "garbage\r\n\r\n and more",
    "GET / HTTP/1.1\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "POST /p/m HTTP/1.1\r\nLibprocess-From: x\r\nContent-Length: 10\r\n\r\ncut",
];

fn heard(pieces: &[&[u8]]) -> (String, usize) {
    let world = Nodes::new();
    let site = Site::new(&world);
    let stream = site.dial();
    for piece in pieces {
        site.say(&*stream, piece);
    }
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    (site.hear_all(&*stream), site.desk.messages().len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn in_any_pieces(
        said in proptest::collection::vec(0..SAID.len(), 0..8),
        last in 0..LAST.len(),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let said: String = said.into_iter().map(|index| SAID[index]).collect();
        let bytes = (said + LAST[last]).into_bytes();
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces: Vec<_> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
        prop_assert_eq!(heard(&pieces), heard(&[&bytes]));
    }
}
