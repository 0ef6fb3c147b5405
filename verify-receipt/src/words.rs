//! The sentences that the program itself says. Those about the receipt are in `support_core`.

use support_core::directory::Locale;
use support_core::receipt::Receipt;

/// Parses `--language`.
pub fn parse(text: &str) -> Option<Locale> {
    match text {
        "en" => Some(Locale::En),
        "es" => Some(Locale::Es),
        _ => None,
    }
}

/// Returns the language of a locale, such as `es_CO.UTF-8`: English unless it is Spanish.
pub fn of_locale(locale: &str) -> Locale {
    match locale.split(['_', '-', '.', '@']).next() {
        Some("es") => Locale::Es,
        Some(_) | None => Locale::En,
    }
}

/// Returns the sentence about a receipt that is as it was signed.
pub fn good(language: Locale, receipt: &Receipt) -> String {
    let (agent, customer, steps) =
        (&receipt.agent.name, &receipt.customer.name, receipt.steps.len());
    let (from, until) = (&receipt.session.started_at, &receipt.session.ended_at);
    match language {
        Locale::En => format!(
            "This receipt is as it was signed: {agent} in {customer}'s account, from {from} to {until}, {steps} steps."
        ),
        Locale::Es => format!(
            "Este recibo está como se firmó: {agent} en la cuenta de {customer}, de {from} a {until}, {steps} pasos."
        ),
    }
}

/// Returns the sentence about a file that cannot be read.
pub fn unreadable_file(language: Locale, name: &str, error: &str) -> String {
    match language {
        Locale::En => format!("{name} cannot be read: {error}."),
        Locale::Es => format!("No se puede leer {name}: {error}."),
    }
}

/// Returns the sentence about a file that holds no key.
pub const fn unreadable_key(language: Locale) -> &'static str {
    match language {
        Locale::En => "The key is not what GET /receipts/key answers.",
        Locale::Es => "La clave no es la respuesta de GET /receipts/key.",
    }
}
