//! Reminders in the words of a language.

use std::borrow::Cow;

use contracts::{
    notifier::v1::MessageBrief,
    scheduler::v1::{Reminder, ReminderState},
};

use crate::{
    texts::Texts,
    words::{self, Badge},
};

/// Where a reminder stands. "Accepted" is never shown as delivered; what nobody knows is not shown as failed.
pub(super) fn state(reminder: &Reminder) -> Badge {
    let word = |tone, word| Badge { word, tone };
    match reminder.state() {
        ReminderState::Planned if reminder.held => word("warn", "telling-state-held"),
        ReminderState::Failed if reminder.reason == "unknown" => word("warn", "state-message-unsure"),
        ReminderState::Failed => word("bad", "telling-state-undelivered"),
        ReminderState::Sent if reminder.uncertain => word("warn", "telling-state-sent-unsure"),
        state => words::reminder_state(state),
    }
}

/// Why a reminder stands where it stands, or what is known of its message; empty when the state says it all.
pub(super) fn why(t: Texts, reminder: &Reminder, message: Option<&MessageBrief>) -> String {
    if !reminder.reason.is_empty() {
        return reason(t, &reminder.reason);
    }
    match (reminder.state(), message.map(|message| message.state.as_str())) {
        (ReminderState::Planned, _) if reminder.held => t.say("telling-held-words"),
        (ReminderState::Sent, _) if reminder.uncertain => t.say("telling-unsure-words"),
        (ReminderState::Sent, Some("accepted")) => t.say("telling-accepted-words"),
        (ReminderState::Sent, Some("unconfirmed")) => t.say("telling-unconfirmed-words"),
        (ReminderState::Sent, Some("delivered")) => t.say("telling-delivered-words"),
        (ReminderState::Sent, Some("failed_temporary" | "failed_permanent")) => {
            t.say("telling-undelivered-words")
        }
        _ => String::new(),
    }
}

/// A reason constant in words; one that came later is shown as it is.
pub(super) fn reason(t: Texts, reason: &str) -> String {
    let key = match reason {
        "superseded" => "telling-why-superseded",
        "cancelled" => "telling-why-cancelled",
        "too_late" => "telling-why-too-late",
        "condition" => "telling-why-condition",
        "reverted" => "telling-why-reverted",
        "policy_changed" => "telling-why-policy-changed",
        "duplicate" => "telling-why-duplicate",
        "erased" => "telling-why-erased",
        "held" => "telling-why-held",
        "opted_out" => "telling-why-opted-out",
        "unsubscribed" => "telling-why-unsubscribed",
        "no_channel" => "telling-why-no-channel",
        "unknown" => "telling-why-unknown",
        "refused" => "telling-why-refused",
        "refused_until_too_late" => "telling-why-refused-long",
        "address_refused" => "telling-why-address-refused",
        "budget_spent" => "telling-why-budget-spent",
        "no_provider" => "telling-why-no-provider",
        "unknown_person" => "telling-why-unknown-person",
        "template" | "unreadable" => "telling-why-template",
        other => return t.with("telling-why-other", "reason", other).to_string(),
    };
    t.say(key)
}

/// Why an address is not written to any more; what only a carrier's code says is shown as it is.
pub(super) fn refusal(t: Texts, reason: &str) -> String {
    match reason.split_once(' ').unwrap_or((reason, "")) {
        ("bounced", "") => t.say("telling-refused-bounced"),
        ("bounced", code) => t.with("telling-refused-bounced-code", "code", code).to_string(),
        ("complaint", _) => t.say("telling-refused-complaint"),
        ("STOP", _) => t.say("telling-refused-stop"),
        _ => reason.to_owned(),
    }
}

/// What a reminder is about, by its template; a template of one's own shows its name.
pub(in crate::pages) fn title(t: Texts, template: &str) -> Cow<'_, str> {
    let key = match template {
        "speed_dating_published_candidate" | "speed_dating_published_employer" => "telling-about-published",
        "speed_dating_week_before" => "telling-about-week",
        "speed_dating_two_days_before" => "telling-about-two-days",
        "speed_dating_day_before" => "telling-about-day",
        "speed_dating_changed_candidate"
        | "speed_dating_changed_employer"
        | "employer_confirmation_changed" => "telling-about-change",
        "employer_confirmation" => "telling-about-confirmation",
        "outcomes_missing" => "telling-about-outcomes",
        "outcomes_digest" => "telling-about-digest",
        "account_invitation" => "telling-about-invitation",
        "account_reset" => "telling-about-password",
        other => return Cow::Borrowed(other),
    };
    Cow::Owned(t.say(key))
}

/// "E-mail", "SMS".
pub(in crate::pages) fn channel(t: Texts, channel: &str) -> String {
    match channel {
        "mail" => t.say("telling-mail"),
        "sms" => t.say("telling-sms"),
        _ => t.say("telling-channel-none"),
    }
}

/// The channel it went by, or the ways that it would try: "SMS, sinon e-mail".
pub(super) fn way(t: Texts, reminder: &Reminder) -> String {
    if !reminder.channel.is_empty() {
        return channel(t, &reminder.channel);
    }
    match reminder.route.as_str() {
        "sms,mail" => t.say("telling-sms-mail"),
        "mail,sms" => t.say("telling-mail-sms"),
        only => channel(t, only),
    }
}

/// An amount of millionths of a currency: "0,09 €"; other currencies by their code.
pub(super) fn cost(t: Texts, micros: i64, currency: &str) -> String {
    let cents = (micros + 5_000) / 10_000;
    if currency == "EUR" {
        t.money(cents)
    } else {
        format!("{}.{:02}\u{a0}{currency}", cents / 100, cents % 100)
    }
}
