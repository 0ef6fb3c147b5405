//! Moments as readers see them on a clock: their own, and UTC, in which everything is recorded.

use std::borrow::Cow;

use super::document::Words;
use crate::directory::Locale;
use crate::time::Timestamp;
use crate::time_zone::TimeZone;

/// How a language writes dates and times.
pub struct Style {
    pub months: [&'static str; 12],
    /// Day, month and year.
    pub date: fn(u8, &str, i16) -> String,
    /// Whose time it is, of a place.
    pub time_of: fn(&str) -> String,
    pub language: Locale,
}

/// `28 October 2026, 07:34:56 (Bogotá time, UTC−5) · 12:34:56 UTC`, and the second date where it is
/// another.
pub fn words(moment: Timestamp, zone: &TimeZone, style: &Style) -> Words {
    let clocks = (zone.clock(moment), TimeZone::UTC.clock(moment));
    let (Some(local), Some(utc)) = clocks else { return Words::ours(moment.to_string()) };
    let date = |clock: &jiff::Zoned| {
        let month = style.months[usize::from(clock.month().unsigned_abs()) - 1];
        (style.date)(clock.day().unsigned_abs(), month, clock.year())
    };
    let time = |clock: &jiff::Zoned| clock.time().strftime("%H:%M:%S").to_string();
    if zone.is_utc() {
        return Words::ours(format!("{}, {} UTC", date(&utc), time(&utc)));
    }
    let offset = offset(local.offset().seconds());
    let whose = match place(zone.name(), style.language) {
        Some(place) => format!("{}, {offset}", (style.time_of)(&place)),
        None => offset,
    };
    let universal = if local.date() == utc.date() {
        time(&utc)
    } else {
        format!("{}, {}", date(&utc), time(&utc))
    };
    Words::ours(format!("{}, {} ({whose}) · {universal} UTC", date(&local), time(&local)))
}

/// `UTC−5`, `UTC+5:30`.
fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '−' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    match (minutes / 60, minutes % 60) {
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// The place that a zone is named after; `None` for a zone that is an offset.
fn place(zone: &str, language: Locale) -> Option<Cow<'_, str>> {
    if zone.starts_with("Etc/") || !zone.contains('/') {
        return None;
    }
    if let Some((_, es, en)) = PLACES.iter().find(|(name, _, _)| *name == zone) {
        return Some(match language {
            Locale::Es => (*es).into(),
            Locale::En => (*en).into(),
        });
    }
    zone.rsplit('/').next().map(|place| place.replace('_', " ").into())
}

/// Places that are not called as the database spells them, in Spanish and in English.
const PLACES: [(&str, &str, &str); 16] = [
    ("America/Asuncion", "Asunción", "Asunción"),
    ("America/Bogota", "Bogotá", "Bogotá"),
    ("America/Cancun", "Cancún", "Cancún"),
    ("America/Havana", "La Habana", "Havana"),
    ("America/Los_Angeles", "Los Ángeles", "Los Angeles"),
    ("America/Mazatlan", "Mazatlán", "Mazatlán"),
    ("America/Merida", "Mérida", "Mérida"),
    ("America/Mexico_City", "Ciudad de México", "Mexico City"),
    ("America/New_York", "Nueva York", "New York"),
    ("America/Panama", "Panamá", "Panama"),
    ("America/Sao_Paulo", "São Paulo", "São Paulo"),
    ("Atlantic/Canary", "Canarias", "the Canaries"),
    ("Europe/Berlin", "Berlín", "Berlin"),
    ("Europe/London", "Londres", "London"),
    ("Europe/Paris", "París", "Paris"),
    ("Europe/Rome", "Roma", "Rome"),
];

#[cfg(test)]
mod tests {
    use super::super::{en, es};
    use super::*;
    use crate::time_zone::TimeZoneName;

    /// A moment of the afternoon in UTC.
    const DAY: Timestamp = Timestamp::from_seconds(1_793_190_896);
    /// One of the night.
    const NIGHT: Timestamp = Timestamp::from_seconds(1_798_767_000);

    fn zone(name: &str) -> TimeZone {
        TimeZone::find(&TimeZoneName::parse(name).unwrap()).unwrap()
    }

    fn english(moment: Timestamp, name: &str) -> String {
        en::moment(moment, &zone(name)).in_text().into_owned()
    }

    fn spanish(moment: Timestamp, name: &str) -> String {
        es::moment(moment, &zone(name)).in_text().into_owned()
    }

    #[test] // P30
    fn a_moment_is_given_by_the_readers_clock_and_in_utc() {
        assert_eq!(
            english(DAY, "America/Bogota"),
            "28 October 2026, 07:34:56 (Bogotá time, UTC−5) · 12:34:56 UTC"
        );
        assert_eq!(
            spanish(DAY, "America/Bogota"),
            "28 de octubre de 2026, 07:34:56 (hora de Bogotá, UTC−5) · 12:34:56 UTC"
        );
        assert_eq!(
            spanish(DAY, "America/Argentina/Buenos_Aires"),
            "28 de octubre de 2026, 09:34:56 (hora de Buenos Aires, UTC−3) · 12:34:56 UTC"
        );
    }

    #[test] // P30
    fn where_it_is_another_day_both_days_are_given() {
        assert_eq!(
            english(NIGHT, "America/Mexico_City"),
            "31 December 2026, 19:30:00 (Mexico City time, UTC−6) · 1 January 2027, 01:30:00 UTC"
        );
        assert_eq!(
            spanish(NIGHT, "America/Mexico_City"),
            "31 de diciembre de 2026, 19:30:00 (hora de Ciudad de México, UTC−6) \
             · 1 de enero de 2027, 01:30:00 UTC"
        );
    }

    #[test]
    fn an_offset_may_change_with_the_season_and_may_have_minutes() {
        assert!(english(DAY, "America/New_York").contains("(New York time, UTC−4)"));
        assert!(spanish(NIGHT, "America/New_York").contains("(hora de Nueva York, UTC−5)"));
        assert!(english(DAY, "America/St_Johns").contains("(St Johns time, UTC−2:30)"));
        assert!(english(DAY, "Asia/Kolkata").contains("18:04:56 (Kolkata time, UTC+5:30)"));
        assert!(english(DAY, "Europe/London").contains("(London time, UTC+0)"));
    }

    #[test]
    fn a_zone_without_a_place_is_its_offset_and_utc_is_said_once() {
        assert!(english(DAY, "Etc/GMT+5").contains("07:34:56 (UTC−5) · 12:34:56 UTC"));
        assert!(english(DAY, "EST").contains("07:34:56 (UTC−5) · 12:34:56 UTC"));
        for name in ["UTC", "Etc/UTC"] {
            assert_eq!(english(DAY, name), "28 October 2026, 12:34:56 UTC");
            assert_eq!(spanish(DAY, name), "28 de octubre de 2026, 12:34:56 UTC");
        }
    }
}
