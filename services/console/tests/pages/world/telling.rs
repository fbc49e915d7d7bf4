//! Single reminders, previews, deliveries and events that could not be applied, made up.

use contracts::{
    common::v1::{Milestone, PageInfo},
    notifier::v1::{
        self as notifier, delivery_service_server::DeliveryService, preview_service_server::PreviewService,
    },
    operations::v1::{self as operations, operations_service_server::OperationsService},
    scheduler::v1::{self as scheduler, ReminderState, reminder_service_server::ReminderService},
};
use platform::error::{Failure, Kind};
use tonic::{Request, Response, Status};

use super::{Data, World};

type Reply<T> = Result<Response<T>, Status>;

fn detail(data: &Data, id: &str) -> Result<scheduler::ReminderDetail, Status> {
    let reminder = data.reminders.iter().find(|one| one.reminder_id == id).cloned();
    let reminder = reminder.ok_or_else(|| Status::not_found("no such reminder"))?;
    Ok(scheduler::ReminderDetail {
        milestone: Some(Milestone {
            subject: reminder.subject.clone(),
            kind: reminder.kind.clone(),
            ..Milestone::default()
        }),
        acts: data.acts.get(id).cloned().unwrap_or_default(),
        reminder: Some(reminder),
        previous_starts_local: String::new(),
    })
}

impl World {
    /// Does an act on a reminder; `refusal` is the reason of one that is refused.
    fn by_hand(
        &self,
        call: &str,
        id: &str,
        change: impl FnOnce(&mut scheduler::Reminder),
    ) -> Result<Option<scheduler::ReminderDetail>, Status> {
        self.answer(call, |data| detail(data, id))?;
        let mut result = Err(Status::internal("nothing was done"));
        self.change(|data| {
            if let Some(reason) = data.refusal {
                result = Err(Failure::new(Kind::Precondition, reason, "no").into());
                return;
            }
            if let Some(reminder) = data.reminders.iter_mut().find(|one| one.reminder_id == id) {
                change(reminder);
            }
            let act = scheduler::Act {
                act: match call {
                    "HoldReminder" => "hold",
                    "ResumeReminder" => "resume",
                    "SendReminderNow" => "send_now",
                    _ => "resend",
                }
                .to_owned(),
                ..scheduler::Act::default()
            };
            data.acts.entry(id.to_owned()).or_default().push(act);
            result = detail(data, id).map(Some);
        });
        result
    }
}

#[tonic::async_trait]
impl ReminderService for World {
    async fn get_reminder(
        &self,
        request: Request<scheduler::GetReminderRequest>,
    ) -> Reply<scheduler::GetReminderResponse> {
        let id = request.into_inner().reminder_id;
        let detail = self.answer("GetReminder", |data| detail(data, &id))?;
        Ok(Response::new(scheduler::GetReminderResponse {
            detail: Some(detail),
        }))
    }

    async fn hold_reminder(
        &self,
        request: Request<scheduler::HoldReminderRequest>,
    ) -> Reply<scheduler::HoldReminderResponse> {
        let detail = self.by_hand("HoldReminder", &request.into_inner().reminder_id, |one| {
            one.held = true;
        })?;
        Ok(Response::new(scheduler::HoldReminderResponse { detail }))
    }

    async fn resume_reminder(
        &self,
        request: Request<scheduler::ResumeReminderRequest>,
    ) -> Reply<scheduler::ResumeReminderResponse> {
        let detail = self.by_hand("ResumeReminder", &request.into_inner().reminder_id, |one| {
            one.held = false;
        })?;
        Ok(Response::new(scheduler::ResumeReminderResponse { detail }))
    }

    async fn send_reminder_now(
        &self,
        request: Request<scheduler::SendReminderNowRequest>,
    ) -> Reply<scheduler::SendReminderNowResponse> {
        let detail = self.by_hand("SendReminderNow", &request.into_inner().reminder_id, |one| {
            one.due_at = one.created_at;
        })?;
        Ok(Response::new(scheduler::SendReminderNowResponse { detail }))
    }

    async fn resend_reminder(
        &self,
        request: Request<scheduler::ResendReminderRequest>,
    ) -> Reply<scheduler::ResendReminderResponse> {
        let detail = self.by_hand("ResendReminder", &request.into_inner().reminder_id, |one| {
            one.set_state(ReminderState::Queued);
            one.due_at = one.created_at;
        })?;
        Ok(Response::new(scheduler::ResendReminderResponse { detail }))
    }

    async fn try_policies(
        &self,
        request: Request<scheduler::TryPoliciesRequest>,
    ) -> Reply<scheduler::TryPoliciesResponse> {
        let request = request.into_inner();
        self.answer("TryPolicies", |data| {
            if request.document.contains("wrong") {
                let problem = scheduler::PolicyProblem {
                    document: 1,
                    path: "spec.offsets[1].at".to_owned(),
                    message: "ne se lit pas".to_owned(),
                    message_en: "cannot be read".to_owned(),
                };
                let problems = vec![problem];
                return Ok(Response::new(scheduler::TryPoliciesResponse {
                    problems,
                    ..Default::default()
                }));
            }
            let tried = data
                .reminders
                .iter()
                .filter(|one| one.group == request.group)
                .take(12)
                .cloned();
            let reminders: Vec<_> = tried.collect();
            let milestones = reminders.iter().map(|one| Milestone {
                subject: one.subject.clone(),
                kind: one.kind.clone(),
                ..Milestone::default()
            });
            Ok(Response::new(scheduler::TryPoliciesResponse {
                milestones: milestones.collect(),
                policies: data.policies.iter().take(1).cloned().collect(),
                reminders,
                ..Default::default()
            }))
        })
    }
}

#[tonic::async_trait]
impl PreviewService for World {
    async fn render_preview(
        &self,
        request: Request<notifier::RenderPreviewRequest>,
    ) -> Reply<notifier::RenderPreviewResponse> {
        let request = request.into_inner();
        self.answer("RenderPreview", |data| {
            let previews: Vec<_> = request
                .asks
                .iter()
                .map(|ask| {
                    let person = data.people.get(&ask.person_id).cloned().unwrap_or_default();
                    let base = notifier::Preview {
                        person_id: ask.person_id.clone(),
                        ..Default::default()
                    };
                    if ask.route.starts_with("sms") && person.mobile {
                        let sms = notifier::SmsPreview {
                            encoding: "GSM-7".to_owned(),
                            segments: 2,
                            units: 180,
                            parts: vec!["Rappel :".to_owned(), "mercredi 25/11".to_owned()],
                            replaced: vec!["œ→oe".to_owned()],
                        };
                        notifier::Preview {
                            channel: "sms".to_owned(),
                            to: person.phone,
                            sms: Some(sms),
                            cost_micros: 90_000,
                            ..base
                        }
                    } else if person.mail.is_empty() {
                        notifier::Preview {
                            reason: "no_channel".to_owned(),
                            ..base
                        }
                    } else {
                        notifier::Preview {
                            channel: "mail".to_owned(),
                            to: person.mail,
                            subject: "Votre planning".to_owned(),
                            text: "Bonjour".to_owned(),
                            html: "<html><head></head><body>Bonjour</body></html>".to_owned(),
                            ..base
                        }
                    }
                })
                .collect();
            Ok(Response::new(notifier::RenderPreviewResponse {
                total_cost_micros: previews.iter().map(|one| one.cost_micros).sum(),
                previews,
                segment_price_micros: 45_000,
                currency: "EUR".to_owned(),
                total_segments: 0,
            }))
        })
    }
}

#[tonic::async_trait]
impl DeliveryService for World {
    async fn count_messages(
        &self,
        request: Request<notifier::CountMessagesRequest>,
    ) -> Reply<notifier::CountMessagesResponse> {
        let group = request.into_inner().group;
        self.answer("CountMessages", |data| {
            let mut counts: Vec<notifier::MessageCount> = Vec::new();
            for message in data.messages.iter().filter(|one| one.group == group) {
                match counts
                    .iter_mut()
                    .find(|one| one.channel == message.channel && one.state == message.state)
                {
                    Some(count) => count.messages += 1,
                    None => counts.push(notifier::MessageCount {
                        channel: message.channel.clone(),
                        state: message.state.clone(),
                        messages: 1,
                        segments: 0,
                    }),
                }
            }
            Ok(Response::new(notifier::CountMessagesResponse { counts }))
        })
    }

    async fn find_messages(
        &self,
        request: Request<notifier::FindMessagesRequest>,
    ) -> Reply<notifier::FindMessagesResponse> {
        let ids = request.into_inner().delivery_ids;
        self.answer("FindMessages", |data| {
            let found = data.messages.iter().filter(|one| ids.contains(&one.delivery_id));
            let messages = found.map(|one| notifier::MessageBrief {
                delivery_id: one.delivery_id.clone(),
                message_id: one.message_id.clone(),
                channel: one.channel.clone(),
                state: one.state.clone(),
                created_at: one.created_at,
                segments: one.segments,
            });
            Ok(Response::new(notifier::FindMessagesResponse {
                messages: messages.collect(),
            }))
        })
    }

    async fn list_suppressions(
        &self,
        request: Request<notifier::ListSuppressionsRequest>,
    ) -> Reply<notifier::ListSuppressionsResponse> {
        let person = request.into_inner().person_id;
        self.answer("ListSuppressions", |data| {
            let own = data
                .suppressions
                .iter()
                .filter(|one| person.is_empty() || one.person_id == person);
            Ok(Response::new(notifier::ListSuppressionsResponse {
                suppressions: own.cloned().collect(),
                page: Some(PageInfo::default()),
            }))
        })
    }

    async fn lift_suppression(
        &self,
        request: Request<notifier::LiftSuppressionRequest>,
    ) -> Reply<notifier::LiftSuppressionResponse> {
        let request = request.into_inner();
        self.answer("LiftSuppression", |_| Ok(()))?;
        let mut lifted = 0;
        self.change(|data| {
            let before = data.suppressions.len();
            data.suppressions
                .retain(|one| one.person_id != request.person_id || one.channel != request.channel);
            lifted = before - data.suppressions.len();
        });
        if lifted == 0 {
            return Err(Failure::new(Kind::Precondition, "NOTHING_TO_LIFT", "no").into());
        }
        Ok(Response::new(notifier::LiftSuppressionResponse {
            lifted: i32::try_from(lifted).unwrap_or(i32::MAX),
        }))
    }
}

#[tonic::async_trait]
impl OperationsService for World {
    async fn list_dead_letters(
        &self,
        request: Request<operations::ListDeadLettersRequest>,
    ) -> Reply<operations::ListDeadLettersResponse> {
        let service = request.into_inner().service;
        self.answer("ListDeadLetters", |data| {
            if data.silent == Some(service.as_str()) {
                return Err(Status::unavailable("away"));
            }
            let own: Vec<_> = data
                .dead
                .iter()
                .filter(|one| one.service == service)
                .cloned()
                .collect();
            Ok(Response::new(operations::ListDeadLettersResponse {
                total: i64::try_from(own.len()).unwrap_or(i64::MAX),
                dead_letters: own,
                page: Some(PageInfo::default()),
            }))
        })
    }

    async fn get_dead_letter(
        &self,
        request: Request<operations::GetDeadLetterRequest>,
    ) -> Reply<operations::GetDeadLetterResponse> {
        let id = request.into_inner().event_id;
        self.answer("GetDeadLetter", |data| {
            let found = data.dead.iter().find(|one| one.event_id == id).cloned();
            let dead_letter = Some(found.ok_or_else(|| Status::not_found("no such event"))?);
            Ok(Response::new(operations::GetDeadLetterResponse { dead_letter }))
        })
    }

    async fn replay_dead_letter(
        &self,
        request: Request<operations::ReplayDeadLetterRequest>,
    ) -> Reply<operations::ReplayDeadLetterResponse> {
        let id = request.into_inner().event_id;
        self.answer("ReplayDeadLetter", |_| Ok(()))?;
        self.change(|data| data.dead.retain(|one| one.event_id != id));
        Ok(Response::new(operations::ReplayDeadLetterResponse {}))
    }

    async fn drop_dead_letter(
        &self,
        request: Request<operations::DropDeadLetterRequest>,
    ) -> Reply<operations::DropDeadLetterResponse> {
        let id = request.into_inner().event_id;
        self.answer("DropDeadLetter", |_| Ok(()))?;
        self.change(|data| data.dead.retain(|one| one.event_id != id));
        Ok(Response::new(operations::DropDeadLetterResponse {}))
    }
}
