//! How far names agree: of persons, in Chinese characters and Latin letters, and of organisations.

use super::compare::Level;
use super::normal;
use super::organisations::is_shortened;
use super::profile::Profile;

/// How far the names of two persons agree.
pub(super) fn names(a: &Profile, b: &Profile) -> Level {
    if a.name.is_empty() || b.name.is_empty() {
        return Level::Unknown;
    }
    let long = a.name.len().max(b.name.len()) > 2;
    if a.name == b.name {
        return if normal::is_frequent(&a.name) {
            Level::Common
        } else {
            Level::Equal
        };
    }
    let (sounds_a, sounds_b) = (sounds(a), sounds(b));
    let agree = |as_heard: fn(&str) -> String| {
        let mut ours = sounds_a.iter().map(|s| as_heard(s));
        ours.any(|one| sounds_b.iter().any(|other| as_heard(other) == one))
    };
    if agree(str::to_owned) {
        Level::Sound
    } else if agree(normal::heard) {
        Level::Heard
    } else if contains(&a.name, &b.name) || contains(&b.name, &a.name) {
        // A character more or less is not what tells brothers and sisters apart.
        Level::Part
    } else if long && normal::is_one_off(&a.name, &b.name) {
        Level::Near
    } else if is_alike(a, b, long) {
        Level::Part
    } else if surnames(a).iter().any(|s| surnames(b).contains(s)) {
        Level::Surname
    } else {
        Level::Different
    }
}

/// How a name sounds as a whole. In Latin letters the surname stands first or last.
fn sounds(profile: &Profile) -> Vec<String> {
    let mut sounds = vec![profile.sound.concat()];
    if profile.is_latin && profile.sound.len() > 1 {
        let (last, others) = (
            profile.sound.last(),
            &profile.sound[..profile.sound.len() - 1],
        );
        sounds.push(last.into_iter().chain(others).cloned().collect());
    }
    sounds
}

/// How the surname sounds, in Latin letters either word.
fn surnames(profile: &Profile) -> Vec<String> {
    let sound = &profile.sound;
    if profile.is_latin {
        return sound
            .first()
            .into_iter()
            .chain(sound.last())
            .cloned()
            .collect();
    }
    vec![sound[..normal::surname_length(&profile.name)].concat()]
}

fn is_alike(a: &Profile, b: &Profile, long: bool) -> bool {
    let both_written = !a.is_latin && !b.is_latin;
    let one_sound_off = long && normal::is_one_off(&a.sound, &b.sound);
    both_written && (given(&a.name) == given(&b.name) || one_sound_off)
}

fn given(name: &[char]) -> &[char] {
    &name[normal::surname_length(name)..]
}

fn contains(long: &[char], short: &[char]) -> bool {
    short.len() > 1 && long.windows(short.len()).any(|part| part == short)
}

/// How far the names of two organisations agree.
pub(super) fn organisations(a: &Profile, b: &Profile) -> Level {
    if a.name.is_empty() || b.name.is_empty() {
        return Level::Unknown;
    }
    let shortened = is_shortened(&a.brand, &b.brand) || is_shortened(&b.brand, &a.brand);
    if a.branch != b.branch {
        // Parts of one organisation are customers of their own.
        Level::Different
    } else if a.name == b.name {
        Level::Equal
    } else if a.name.len().max(b.name.len()) > 3 && normal::is_one_off(&a.name, &b.name) {
        Level::Near
    } else if contains(&a.name, &b.name) || contains(&b.name, &a.name) || shortened {
        Level::Part
    } else {
        Level::Different
    }
}
