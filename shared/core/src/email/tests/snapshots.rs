//! Every email in both languages, by snapshot.

use super::*;

#[test] // P30
fn every_email_reads_as_it_was_read() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for locale in LOCALES {
            for (name, email) in Written::default().emails(locale) {
                let email = format!("{}\n\n{}\n\n{}", email.subject, email.text, email.html);
                insta::assert_snapshot!(format!("{name}-{locale:?}").to_lowercase(), email);
            }
        }
    });
}

#[test]
fn text_and_html_say_the_same_words() {
    for locale in LOCALES {
        for (name, email) in Written::default().emails(locale) {
            assert_eq!(words_of_html(&email.html), words_of_text(&email.text), "{name} {locale:?}");
        }
    }
}
