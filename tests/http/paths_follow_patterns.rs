//! A path is taken apart as a pattern says (`HTTPTest.PathParse`).

use libprocess::http::parse_path;

const PATTERN: &str = "/books/{isbn}/chapters/{chapter}";

#[test]
fn segments_are_bound_as_far_as_the_path_goes() {
    let all = [
        ("books", "books"),
        ("isbn", "0304827484"),
        ("chapters", "chapters"),
        ("chapter", "3"),
    ];
    for (path, count) in [
        ("/books/0304827484/chapters/3", 4),
        ("/books/0304827484/chapters", 3),
        ("/books/0304827484", 2),
        ("books//0304827484/", 2),
        ("/books", 1),
        ("/", 0),
        ("", 0),
    ] {
        let found = parse_path(PATTERN, path).unwrap();
        assert_eq!(found, all[..count].iter().copied().collect(), "{path}");
    }
}

#[test]
fn what_does_not_fit_is_named() {
    for (path, problem) in [
        ("/booking/0304827484", "Expecting 'books' not 'booking'"),
        (
            "/books/0304827484/pages",
            "Expecting 'chapters' not 'pages'",
        ),
        (
            "/books/1/chapters/3/pages/7",
            "Not expecting suffix 'pages/7'",
        ),
    ] {
        let error = parse_path(PATTERN, path).unwrap_err();
        assert_eq!(error.to_string(), problem);
    }
}
