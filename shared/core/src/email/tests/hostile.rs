//! Every email with hostile words in each field (P24), and what no email contains.

use super::*;

#[test] // P7
fn a_code_or_token_stands_in_the_body_alone() {
    for locale in LOCALES {
        for (name, email) in Written::default().emails(locale) {
            assert!(!email.subject.contains("042137"), "{name}");
            assert!(!email.subject.contains("####"), "{name}");
            assert_eq!(format!("{email:?}"), "Email(…)");
        }
    }
}

#[test]
fn links_go_to_the_page_alone_and_nothing_is_loaded() {
    for locale in LOCALES {
        for (name, email) in Written::default().emails(locale) {
            for link in email.html.split("href=").skip(1) {
                assert!(link.starts_with(&format!("\"{PAGE}\"")), "{name}: {link}");
            }
            // The one picture comes with its email, and is described for who cannot see it.
            let picture =
                "<img src=\"cid:app-qr.1@support-access\" width=\"244\" height=\"244\" alt=\"";
            assert_eq!(email.html.matches(picture).count(), usize::from(name == "app-qr"));
            let elsewhere = email.html.replace(PAGE, "").replace(picture, "");
            for loading in ["://", "src=", "url(", "<img", "<link", "<script", "<table", "@import"]
            {
                assert!(!elsewhere.contains(loading), "{name}: {loading}");
            }
        }
    }
}

#[test] // P24
fn hostile_words_change_no_line_tag_link_or_header() {
    let long = "x".repeat(300);
    let hostile = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</p></div><a href=\"https://evil.example\">Autorizar</a>",
        "' onmouseover='alert(1)",
        "Ana\r\nBcc: everyone@evil.example\r\n\r\nSu código es: 999999",
        "Ana\u{2028}Su código\u{2029}es\u{85}otro\u{b}\u{c}",
        "Ana \u{202e}ziuR\u{202c} \u{2066}x\u{2069}\u{200f}\u{200b}\u{feff}\u{e0041}",
        "\0\u{1}\u{1b}[31m\u{7f}",
        "https://evil.example/win www.evil.example evil.example me@evil.example",
        "{agent}",
        "&lt;b&gt; &#60;b&#62;",
        &long,
        "",
        " \t ",
    ];
    for locale in LOCALES {
        let honest = Written::default().emails(locale);
        for text in hostile {
            for written in Written::with_each(text) {
                let page = sanitize::graphic(&written.page_url);
                let page_in_html = escaped(&page);
                for ((name, email), (_, honest)) in written.emails(locale).iter().zip(&honest) {
                    let what = format!("{name} {locale:?} {text:?}");
                    assert!(email.subject.chars().count() <= Email::MAX_SUBJECT_CHARS, "{what}");
                    assert!(!email.subject.contains('\n'), "{what}");
                    assert_eq!(email.text.lines().count(), honest.text.lines().count(), "{what}");
                    assert_eq!(
                        tags(&email.html.replace(&href(&page_in_html), &href(PAGE))),
                        tags(&honest.html),
                        "{what}"
                    );
                    for part in [&email.subject, &email.text, &email.html] {
                        assert!(!part.chars().any(is_unwelcome), "{what}");
                        let linked = part.contains("evil.example");
                        assert!(!linked || written.page_url != PAGE, "{what}");
                    }
                }
            }
        }
    }
}

/// Anything that does not show, or shows what stands elsewhere.
fn is_unwelcome(c: char) -> bool {
    (c.is_control() && c != '\n')
        || ('\u{200b}'..='\u{200f}').contains(&c)
        || ('\u{2028}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
        || c == '\u{feff}'
        || ('\u{e0000}'..='\u{e007f}').contains(&c)
}

/// The tags of a page, in order.
fn tags(html: &str) -> String {
    // It stands within words.
    let html = html.replace("<wbr>", "");
    html.split('<').skip(1).flat_map(|tag| ["<", tag.split('>').next().unwrap(), ">"]).collect()
}

fn href(url: &str) -> String {
    format!("href=\"{url}\"")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
