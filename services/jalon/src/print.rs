//! What commands print: tables for people, JSON for scripts.

use anyhow::{Context as _, Result};
use jiff::{Timestamp, tz::TimeZone};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};

/// A message of `proto/` as JSON, mapped as protobuf says, with the names of the .proto files.
pub(crate) fn json(name: &str, message: &impl Message) -> Result<()> {
    let pool = DescriptorPool::decode(contracts::DESCRIPTORS).context("the descriptors are unreadable")?;
    let descriptor = pool
        .get_message_by_name(name)
        .with_context(|| format!("no message {name}"))?;
    let dynamic = DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice())?;
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .skip_default_fields(false);
    let mut out = serde_json::Serializer::pretty(std::io::stdout());
    dynamic.serialize_with_options(&mut out, &options)?;
    println!();
    Ok(())
}

/// Rows under headings, columns as wide as their widest cell.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) {
    let mut widths: Vec<usize> = headings.iter().map(|heading| heading.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        println!("{}", padded.join("  ").trim_end());
    };
    line(headings.to_vec());
    for row in rows {
        line(row.iter().map(String::as_str).collect());
    }
}

/// What must be known about what was printed, beside it: what a script reads stays whole.
#[expect(clippy::print_stderr, reason = "a command line prints")]
pub(crate) fn aside(words: &str) {
    eprintln!("jalon: {words}");
}

/// A failure in words: what a server said, without its codes.
#[expect(clippy::print_stderr, reason = "a command line prints")]
pub(crate) fn failure(error: &anyhow::Error) {
    match error.downcast_ref::<tonic::Status>() {
        Some(status) => {
            if platform::grpc::is_away(status) {
                eprintln!(
                    "jalon: {} On one machine, start `jalon serve` again.",
                    status.message()
                );
                return;
            }
            eprintln!("jalon: {}", status.message());
            let violations = tonic_violations(status);
            // One alone is the message already.
            if violations.len() > 1 {
                for violation in violations {
                    eprintln!("  {violation}");
                }
            }
        }
        None => eprintln!("jalon: {}", causes(error)),
    }
}

/// An error and its causes, without those that the sentence before has told already.
fn causes(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if !told.contains(&cause) {
            let between = if told.is_empty() { "" } else { ": " };
            told = format!("{told}{between}{cause}");
        }
    }
    told
}

/// Text of somebody else's file on one line, and nothing in it that a terminal obeys.
pub(crate) fn cell(text: &str) -> String {
    text.chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect()
}

fn tonic_violations(status: &tonic::Status) -> Vec<String> {
    platform::error::violations(status)
        .into_iter()
        .map(|violation| format!("{}: {}", violation.field, violation.message))
        .collect()
}

/// An instant as the wall clock of Paris, or a dash.
pub(crate) fn instant(timestamp: Option<&prost_types::Timestamp>) -> String {
    let instant = timestamp.and_then(|at| Timestamp::new(at.seconds, at.nanos).ok());
    let zone = TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC);
    instant.map_or_else(
        || "–".to_owned(),
        |at| at.to_zoned(zone).strftime("%a %Y-%m-%d %H:%M").to_string(),
    )
}
