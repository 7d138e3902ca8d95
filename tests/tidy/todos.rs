//! Work left over has an owner and a condition: `TODO(owner): when this holds, do that`.

use crate::Problem;
use crate::sources::{Source, Sources};
use proc_macro2::{TokenStream, TokenTree};

/// The word that marks work left over, and its cousins, which are not used.
const MARK: &str = "TODO";
const COUSINS: &[&str] = &["FIXME", "XXX", "HACK"];

pub(crate) fn check(sources: &Sources) -> Vec<Problem> {
    sources.files.iter().flat_map(check_file).collect()
}

fn check_file(source: &Source) -> Vec<Problem> {
    let mut lines: Vec<Vec<char>> = source.text.lines().map(|l| l.chars().collect()).collect();
    blank_literals(source.tokens(), &mut lines);
    let mut problems = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let line: String = line.iter().collect();
        if words(&line).any(|word| word == MARK) && !is_whole(&line) {
            problems.push(source.problem(index + 1, "left over without an owner and a condition"));
        }
        if words(&line).any(|word| COUSINS.contains(&word)) {
            problems.push(source.problem(index + 1, format!("only `{MARK}` marks work left over")));
        }
    }
    problems
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// Whether a mark is followed by `(owner): when` or `(owner): once`.
fn is_whole(line: &str) -> bool {
    let after = line.split_once(MARK).map_or("", |(_, after)| after);
    let Some((owner, condition)) = after.split_once("): ") else {
        return false;
    };
    let owner = owner.strip_prefix('(').unwrap_or_default();
    !owner.is_empty()
        && owner.chars().all(|c| c.is_ascii_lowercase() || c == '-')
        && ["when ", "once "]
            .iter()
            .any(|word| condition.starts_with(word))
}

/// Blanks the literals, which may say anything; comments, documentation among them, stay.
fn blank_literals(tokens: TokenStream, lines: &mut [Vec<char>]) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => blank_literals(group.stream(), lines),
            TokenTree::Literal(literal) => {
                let (start, end) = (literal.span().start(), literal.span().end());
                let first = lines
                    .get(start.line - 1)
                    .and_then(|line| line.get(start.column));
                if first.is_none_or(|c| *c == '/') {
                    continue;
                }
                for number in start.line..=end.line {
                    let line = &mut lines[number - 1];
                    let from = if number == start.line {
                        start.column
                    } else {
                        0
                    };
                    let to = if number == end.line {
                        end.column
                    } else {
                        line.len()
                    };
                    line[from..to].fill(' ');
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::assert_finds;

    #[test]
    fn work_left_over_without_owner_or_condition_is_found() {
        let text = "// TODO: tidy up\n/// TODO(me) later\nfn f() {} // TODO(me): tidy up\n\
                    //! FIXME\n// TODO(me): when std has it, use it\nconst T: &str = \"TODO\";\n\
                    /* XXX */ const U: &str = r#\"\nTODO\n\"#; // TODO";
        let text = text.replace("//! FIXME", "// FIXME");
        let expected = [1, 2, 3, 4, 7, 9].map(|line| ("src/a.rs", line));
        assert_finds(check, &[("src/a.rs", &text)], &expected);
    }
}
