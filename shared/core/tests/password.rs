//! The rules of a new password.

use support_core::password::{NewPassword, PasswordRule, TypedPassword};

fn unmet(typed: &str, again: &str) -> Vec<&'static str> {
    let [typed, again] = [typed, again].map(TypedPassword::from);
    let chosen = NewPassword::choose(&typed, &again);
    chosen.err().into_iter().flatten().map(PasswordRule::name).collect()
}

#[test] // P7
fn a_password_that_meets_every_rule_is_accepted_and_does_not_print() {
    for text in
        ["Abcdef1!", "Contraseña-2026", "🦜Aa1$\u{fc}xyz", &format!("Aa1!{}", "x".repeat(252))]
    {
        assert_eq!(unmet(text, text), [""; 0], "{text}");
    }
    let typed = TypedPassword::from("Abcdef1!");
    let chosen = NewPassword::choose(&typed, &typed).unwrap();
    assert_eq!(chosen.expose(), "Abcdef1!");
    assert_eq!(format!("{chosen:?}"), "NewPassword(…)");
}

#[test] // P24
fn every_rule_that_is_not_met_is_named() {
    let long = format!("Aa1!{}", "x".repeat(253));
    let cases: [(&str, &[&str]); 17] = [
        ("", &["length", "upper", "lower", "number", "special"]),
        ("aaaaaaaa", &["upper", "number", "special"]),
        ("Abcde1!", &["length"]),
        ("Añdú1!x", &["length"]),
        ("abcdef1!", &["upper"]),
        ("ABCDEF1!", &["lower"]),
        ("Abcdefg!", &["number"]),
        ("Abcdefg1", &["special"]),
        // Characters that the pool does not count as a letter, digit or special character.
        ("ñÑabcd1!", &["upper"]),
        ("АБВabcd1!", &["upper"]),
        ("Abcdef١!", &["number"]),
        ("Abcdef1¡", &["special"]),
        ("Abcdef1€", &["special"]),
        ("Abc def1!", &["no-spaces"]),
        (" Abcdef1!\n", &["no-spaces"]),
        ("Abcdef1!\0", &["no-spaces"]),
        (&long, &["length"]),
    ];
    for (text, expected) in cases {
        assert_eq!(unmet(text, text), expected, "{text:?}");
    }
    assert_eq!(unmet("Abcdef1!", "Abcdef1?"), ["same"]);
    assert_eq!(unmet("abcdef1!", ""), ["upper", "same"]);
}

#[test]
fn every_special_character_of_the_pool_is_accepted() {
    for special in "^ $ * . [ ] { } ( ) ? - \" ! @ # % & / \\ , > < ' : ; | _ ~ ` + =".split(' ') {
        let text = format!("Abcdefg1{special}");
        assert_eq!(unmet(&text, &text), [""; 0], "{text}");
    }
}
