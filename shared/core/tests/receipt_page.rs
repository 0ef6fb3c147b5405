//! The receipt as a page: it says what the file says, whatever stands in it.

use serde_json::{Value, json};
use support_core::directory::{Locale, Reader};
use support_core::email::{ReceiptPage, receipt_page};
use support_core::receipt::Receipt;
use support_core::time_zone::TimeZone;

const FILE: &[u8] = include_bytes!("../../../verify-receipt/tests/receipts/version-2/receipt.json");
const PAGE: &str = "https://consent.example.com/receipt.html";

fn written() -> Value {
    let file: Value = serde_json::from_slice(FILE).unwrap();
    file["receipt"].clone()
}

fn page(receipt: Value, locale: Locale) -> String {
    let receipt: Receipt = serde_json::from_value(receipt).unwrap();
    let reader = Reader { locale, time_zone: TimeZone::default() };
    ReceiptPage { receipt: &receipt, file: FILE, check_page: PAGE }.render(&reader)
}

/// What is read in a page.
fn read(page: &str) -> String {
    let body = page.split_once("<body>").unwrap().1;
    let texts = body.split('<').filter_map(|piece| piece.split_once('>'));
    let text: String = texts.map(|(_, text)| text).collect();
    text.replace("&#39;", "'").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
}

#[test] // P12, P30
fn the_page_says_what_the_file_says() {
    for locale in [Locale::En, Locale::Es] {
        let page = page(written(), locale);
        let said = read(&page);
        let receipt = written();
        let mut facts =
            vec!["Luis Ortega".to_owned(), "Ana Prieto".into(), "Ecosystem eco-1".into()];
        for fact in
            ["/verification", "/agent/id", "/customer/id", "/ecosystem/id", "/head", "/reason"]
        {
            facts.push(receipt.pointer(fact).unwrap().as_str().unwrap().to_owned());
        }
        for step in receipt["steps"].as_array().unwrap() {
            facts.push(step["hash"].as_str().unwrap().to_owned());
        }
        // `openssl dgst -sha256 -binary receipt.json | basenc --base64url`
        facts.push("6e6uoFVRsSZtX-kvjzBnWy1wCJhA-go6KA1ezyHCUl0".into());
        for fact in facts {
            assert!(said.contains(&fact), "{fact} is missing:\n{said}");
        }
        insta::assert_snapshot!(format!("receipt-page-{locale:?}").to_lowercase(), page);
    }
}

#[test]
fn receipts_of_before_there_was_a_choice_have_no_line_for_it() {
    let mut receipt = written();
    receipt.as_object_mut().unwrap().remove("access");
    assert!(!read(&page(receipt, Locale::En)).contains("What the agent could do"));
}

#[test] // P24
fn nothing_runs_loads_or_leaves_its_place_whatever_the_words() {
    let hostile = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</style><link rel=stylesheet href=//evil.example>",
        "Ana\r\n\u{2028}\u{202e}ziuR\u{200b}\0\u{1b}[2J",
        "https://evil.example/win",
    ];
    for locale in [Locale::En, Locale::Es] {
        let honest = page(written(), locale);
        let tags = |page: &str| page.matches('<').count() - page.matches("<wbr>").count();
        for text in hostile {
            for place in ["/agent/name", "/customer/id", "/ecosystem/name", "/ticket", "/reason"] {
                let mut receipt = written();
                let whole = receipt["ticket"].is_string();
                *receipt.pointer_mut(place).unwrap() = json!(text);
                let page = page(receipt, locale);
                // A ticket is one line more where there was none.
                let more = if place == "/ticket" && !whole { 6 } else { 0 };
                assert_eq!(tags(&page), tags(&honest) + more, "{place}: {text}");
                harmless(&page);
            }
            let mut receipt = written();
            receipt["steps"][0]["detail"] = json!(text);
            harmless(&page(receipt, locale));
        }
    }
}

fn harmless(page: &str) {
    for never in ["<script", "<img", "<link", "<iframe", "<form", "<svg", "url(", "@import"] {
        assert!(!page.contains(never), "{never}: {page}");
    }
    let hidden = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}' || c == '\u{2028}';
    assert!(!page.contains(hidden), "{page}");
}

#[test]
fn the_page_that_checks_is_beside_the_customers_page() {
    for (consent, checks) in [
        ("https://consent.example.com/", "https://consent.example.com/receipt.html"),
        ("https://consent.example.com", "https://consent.example.com/receipt.html"),
        ("https://example.com/a/index.html?x=1", "https://example.com/a/receipt.html"),
        ("https://example.com/a/", "https://example.com/a/receipt.html"),
        ("http://127.0.0.1:4569/", "http://127.0.0.1:4569/receipt.html"),
    ] {
        assert_eq!(receipt_page(consent), checks);
    }
}
