//! A page of help: Markdown for a terminal, HTML for a browser.

use std::fmt::Write;

use crate::http::{Request, Response};

/// A title and lines below it.
pub(super) struct Page {
    title: String,
    lines: Vec<Line>,
}

pub(super) enum Line {
    Heading(String),
    Code(String),
    /// Where it leads, and what it reads.
    Link(String, String),
    /// The same below a link, and what is there in a few words, if anybody said.
    Entry(String, String, String),
    /// Markdown, shown as it is.
    Text(String),
}

impl Page {
    pub(super) fn new(title: String) -> Self {
        Self {
            title,
            lines: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// The page in the form that fits who asks: HTML for who names it, and else as libprocess
    /// tells them apart.
    pub(super) fn answer(&self, request: &Request) -> Response {
        let accepted = request.header("Accept").unwrap_or_default();
        let agent = request.header("User-Agent").unwrap_or_default();
        let terminal = !accepted.contains("text/html")
            && ["curl", "HTTPie"]
                .iter()
                .any(|name| agent.starts_with(name));
        let (content_type, body) = match terminal {
            true => ("text/x-markdown", self.markdown()),
            false => ("text/html", self.html()),
        };
        Response::ok_as(content_type, body).expect("both types are plain words")
    }

    fn markdown(&self) -> String {
        let mut text = format!("# {}\n\n", self.title);
        for line in &self.lines {
            match line {
                Line::Heading(words) => writeln!(text, "### {words} ###"),
                Line::Code(code) => writeln!(text, ">        {code}"),
                Line::Link(url, words) => writeln!(text, "- [{words}]({url})"),
                Line::Entry(url, words, said) if said.is_empty() => {
                    writeln!(text, "  - [{words}]({url})")
                }
                Line::Entry(url, words, said) => writeln!(text, "  - [{words}]({url}): {said}"),
                Line::Text(markdown) => writeln!(text, "\n{markdown}"),
            }
            .expect(WRITABLE);
        }
        text
    }

    fn html(&self) -> String {
        let title = escape(&self.title);
        let mut text = format!(
            "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{title}</title>\
             <style>{STYLE}</style></head>\n\
             <body>\n{}<h1>{title}</h1>\n",
            if self.title == FRONT { "" } else { HOME },
        );
        for line in &self.lines {
            match line {
                Line::Heading(words) => writeln!(text, "<h3>{}</h3>", escape(words)),
                Line::Code(code) => writeln!(text, "<pre>{}</pre>", escape(code)),
                Line::Link(url, words) => {
                    let (url, words) = (escape(url), escape(words));
                    writeln!(text, "<p><a href=\"{url}\">{words}</a></p>")
                }
                Line::Entry(url, words, said) => {
                    let (url, words, said) = (escape(url), escape(words), escape(said));
                    writeln!(
                        text,
                        "<p class=\"entry\"><a href=\"{url}\">{words}</a> {said}</p>"
                    )
                }
                Line::Text(markdown) => writeln!(text, "<pre>{}</pre>", escape(markdown)),
            }
            .expect(WRITABLE);
        }
        text.push_str("</body></html>\n");
        text
    }
}

/// Text as HTML shows it, in an attribute too. Ids are chosen by users, and paths by them.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The title of the page that leads to all others.
pub(super) const FRONT: &str = "Help";

const HOME: &str = "<p><a href=\"/help\">Help</a></p>\n";

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}\
    pre{background:#f3f3f3;padding:.5em 1em;overflow:auto}\
    p{margin:.8em 0 0}.entry{margin:.2em 0 .2em 2em}";

const WRITABLE: &str = "a string takes what is written to it";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Method;

    fn answer(agent: &str, accepted: &str) -> (String, String) {
        let mut page = Page::new("A & B".to_owned());
        page.push(Line::Heading("USAGE".to_owned()));
        page.push(Line::Code("/a/<b>".to_owned()));
        page.push(Line::Link("/help/\"a\"".to_owned(), "/a".to_owned()));
        let entry = |said: &str| Line::Entry("/b".to_owned(), "/b".to_owned(), said.to_owned());
        page.push(entry(""));
        page.push(entry("1 < 2"));
        page.push(Line::Text("Says *a*.".to_owned()));
        let request = Request::new(Method::GET, "/help").unwrap();
        let request = request.with_header("User-Agent", agent).unwrap();
        let request = request.with_header("Accept", accepted).unwrap();
        let response = page.answer(&request);
        let body = response.body.bytes().unwrap();
        let content_type = response.header("Content-Type").unwrap().to_owned();
        (content_type, String::from_utf8(body.to_vec()).unwrap())
    }

    #[test]
    fn a_terminal_gets_markdown() {
        let text = "# A & B\n\n### USAGE ###\n>        /a/<b>\n- [/a](/help/\"a\")\n  \
                    - [/b](/b)\n  - [/b](/b): 1 < 2\n\nSays *a*.\n";
        let expected = ("text/x-markdown".to_owned(), text.to_owned());
        assert_eq!(answer("curl/8.5.0", "*/*"), expected);
        assert_eq!(answer("HTTPie/3.2", "*/*"), expected);
    }

    #[test]
    fn a_browser_gets_html_without_holes() {
        let (content_type, text) = answer("Mozilla/5.0", "*/*");
        assert_eq!(content_type, "text/html");
        assert!(text.contains("</a> 1 &lt; 2</p>"), "{text}");
        assert!(text.contains("<title>A &amp; B</title>"), "{text}");
        assert!(text.contains("<pre>/a/&lt;b&gt;</pre>"), "{text}");
        assert!(
            text.contains("<a href=\"/help/&quot;a&quot;\">/a</a>"),
            "{text}"
        );
        assert_eq!(answer("curl/8.5.0", "text/html, */*"), (content_type, text));
    }
}
