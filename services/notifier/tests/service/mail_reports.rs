//! What comes back by mail about mails, handed in by the mail server over HTTP, on each database: as real servers write it.

use std::sync::Arc;

use contracts::{
    notifier::v1::{
        LiftSuppressionRequest, ListSuppressionsRequest, Message, Outcome, Suppression,
        delivery_service_client::DeliveryServiceClient,
    },
    scheduler::v1::DueDelivery,
};
use notifier::{Settings, SmtpSettings, Tls, mail::report::LONGEST};
use platform::{Db, auth::Actor, config::Secret, on_each_database, testing::TestGround};
use uuid::Uuid;

use crate::{
    gate::Gate,
    sms::{self, SECRET, call},
    smtp_server::{Encryption, Order, Server},
    stage::{Stage, built, try_service},
};

const RETURN_PATH: &str = "retours@rdv.exemple.fr";

/// The message and the address in the samples.
const SAMPLE: (&str, &str) = ("0198c0de-0000-7000-8000-00000000000a", "amina@example.org");

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../reports/", $name, ".eml"))
    };
}
pub(crate) use sample;

fn settings(server: &Server) -> Settings {
    Settings {
        public_url: "https://rdv.exemple.fr".to_owned(),
        smtp: Some(SmtpSettings {
            host: "localhost".to_owned(),
            port: server.port,
            tls: Tls::None,
            hello: "notifier.test".to_owned(),
            bounces: RETURN_PATH.to_owned(),
            reports_secret: Secret::new(SECRET),
            ..SmtpSettings::default()
        }),
        ..Settings::default()
    }
}

/// A stage with a mail server, and another replica that the mail server hands to what came back.
pub(crate) struct Post {
    pub(crate) stage: Stage,
    pub(crate) server: Server,
    port: u16,
    metrics: prometheus::Registry,
}

impl Post {
    pub(crate) async fn on(db: Db) -> Self {
        let server = Server::start(Encryption::None).await;
        let stage = Stage::on(TestGround::at("2026-11-18T09:00:00Z"), db, settings(&server)).await;
        stage.service.run();
        let platform = stage.ground.platform_on("notifier", stage.db.clone());
        let metrics = platform.metrics.clone();
        let gate = Arc::new(Gate::default());
        let other = built(&stage.ground, platform, &stage.peers, settings(&server), gate).unwrap();
        let port = sms::callbacks_of(&stage, &other).await;
        Self {
            stage,
            server,
            port,
            metrics,
        }
    }

    /// A mail that was accepted, to somebody who has nothing but that address.
    async fn mail(&self) -> (Uuid, DueDelivery) {
        let person = self.stage.person(|person| person.mobile.clear());
        (person, self.mail_to(person).await)
    }

    pub(crate) async fn mail_to(&self, person: Uuid) -> DueDelivery {
        let due = self.stage.due(person, |_| {});
        self.stage.publish(vec![due.clone()]).await;
        self.stage.settled(&due).await;
        due
    }

    /// Hands in a sample as if it came back about this mail; status and answer.
    pub(crate) async fn returns(&self, sample: &str, due: &DueDelivery) -> (u16, String) {
        let to = format!("amina.{}@example.org", due.recipient_person_id);
        // Domains have no case, and few servers' local parts have one.
        let mail = sample.replace(SAMPLE.0, &due.delivery_id).replace(SAMPLE.1, &to);
        let mail = mail.replace("Amina@Example.org", &to.to_uppercase());
        self.hand_in(SECRET, &mail).await
    }

    async fn hand_in(&self, secret: &str, mail: &str) -> (u16, String) {
        let request = format!(
            "POST /mail/reports/{secret} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{mail}",
            mail.len()
        );
        sms::answer(self.port, &request).await
    }

    async fn message(&self, due: &DueDelivery) -> Message {
        let messages = self.stage.messages().await;
        let of = |message: &Message| message.delivery_id == due.delivery_id && message.channel == "mail";
        messages.into_iter().find(of).unwrap()
    }

    pub(crate) async fn state(&self, due: &DueDelivery) -> String {
        let message = self.message(due).await;
        format!("{} {}", message.state, message.receipt).trim().to_owned()
    }

    fn deliveries(&self) -> DeliveryServiceClient<platform::grpc::Transport> {
        let routes = self.stage.service.routes();
        DeliveryServiceClient::new(self.stage.ground.transport(routes, Actor::administrator()))
    }

    async fn refused(&self) -> Vec<Suppression> {
        let request = ListSuppressionsRequest::default();
        let reply = self.deliveries().list_suppressions(request).await.unwrap();
        reply.into_inner().suppressions
    }

    pub(crate) async fn reasons(&self) -> Vec<String> {
        self.refused().await.into_iter().map(|one| one.reason).collect()
    }

    async fn lift(&self, person: Uuid) {
        let request = LiftSuppressionRequest {
            person_id: person.to_string(),
            channel: "mail".to_owned(),
        };
        let lifted = self.deliveries().lift_suppression(request).await.unwrap();
        assert_eq!(lifted.into_inner().lifted, 1);
    }

    /// The value of a counter with these labels; 0 when nothing was counted.
    fn counted(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let families = self.metrics.gather();
        families
            .iter()
            .filter(|family| family.name() == name)
            .flat_map(prometheus::proto::MetricFamily::get_metric)
            .filter(|metric| {
                labels.iter().all(|(label, value)| {
                    let of = metric.get_label().iter();
                    of.clone()
                        .any(|pair| (pair.name(), pair.value()) == (*label, *value))
                })
            })
            .map(|metric| metric.get_counter().get_value())
            .sum()
    }
}

on_each_database! { notifier::MIGRATIONS,
    async fn an_address_that_does_not_exist_gets_nothing_more_until_a_person_lifts_that(db: Db) {
        let post = Post::on(db).await;
        let (person, first) = post.mail().await;
        assert_eq!(post.state(&first).await, "accepted");
        for sample in [sample!("postfix-delayed"), sample!("postfix-relayed")] {
            assert_eq!(post.returns(sample, &first).await, (200, "stale".to_owned()));
            assert_eq!(post.state(&first).await, "accepted");
        }
        let both = futures::join!(
            post.returns(sample!("postfix-unknown"), &first),
            post.returns(sample!("postfix-unknown"), &first),
        );
        let mut said = [both.0.1.as_str(), both.1.1.as_str()];
        said.sort_unstable();
        assert_eq!((both.0.0, both.1.0, said), (200, 200, ["applied", "stale"]));
        assert_eq!(post.state(&first).await, "failed_permanent bounced 5.1.1");

        let refused = post.refused().await;
        assert_eq!((refused.len(), refused[0].current, refused[0].channel.as_str()), (1, true, "mail"));
        assert_eq!(refused[0].reason, "bounced 5.1.1");
        let second = post.mail_to(person).await;
        let settlement = post.stage.settled(&second).await;
        assert_eq!((settlement.outcome(), settlement.reason.as_str()), (Outcome::Suppressed, "address_refused"));
        assert_eq!(post.server.taken().len(), 1);

        post.lift(person).await;
        // A copy that comes late undoes nothing of what a person decided, and an end stays.
        for sample in [sample!("postfix-unknown"), sample!("gmail"), sample!("postfix-expired")] {
            assert_eq!(post.returns(sample, &first).await, (200, "stale".to_owned()));
        }
        assert_eq!(post.reasons().await, [""; 0]);
        let third = post.mail_to(person).await;
        assert_eq!(post.stage.settled(&third).await.outcome(), Outcome::Sent);
        // The same answer to another message is news.
        assert_eq!(post.returns(sample!("exchange"), &third).await.1, "applied");
        assert_eq!(post.reasons().await, ["bounced 5.1.10"]);

        let of = |result| [("provider", "smtp"), ("result", result)];
        assert!((post.counted("jalon_notifier_receipts_total", &of("applied")) - 2.0).abs() < 0.1);
        assert!((post.counted("jalon_notifier_receipts_total", &of("stale")) - 6.0).abs() < 0.1);
        let failed = post.counted("jalon_notifier_mail_reports_total", &[("says", "failed_permanent")]);
        assert!((failed - 5.0).abs() < 0.1, "{failed}");
    }

    async fn who_complains_gets_nothing_more_and_their_message_has_arrived(db: Db) {
        let post = Post::on(db).await;
        let (person, first) = post.mail().await;
        assert_eq!(post.returns(sample!("arf-not-spam"), &first).await.1, "stale");
        assert_eq!(post.reasons().await, [""; 0]);
        assert_eq!(post.returns(sample!("arf-abuse"), &first).await.1, "applied");
        assert_eq!(post.state(&first).await, "delivered complaint");
        assert_eq!(post.reasons().await, ["complaint"]);
        let second = post.mail_to(person).await;
        let settlement = post.stage.settled(&second).await;
        assert_eq!((settlement.outcome(), settlement.reason.as_str()), (Outcome::Suppressed, "opted_out"));

        post.lift(person).await;
        assert_eq!(post.returns(sample!("arf-abuse"), &first).await.1, "stale");
        assert_eq!(post.reasons().await, [""; 0], "a complaint counts once");
    }

    async fn a_failure_that_is_no_fault_of_the_address_leaves_it_alone(db: Db) {
        let post = Post::on(db).await;
        for (sample, state) in [
            (sample!("postfix-full"), "failed_permanent bounced 5.2.2"),
            (sample!("postfix-policy"), "failed_permanent bounced 5.7.1"),
            (sample!("exim-bare"), "failed_permanent bounced 5.0.0"),
            (sample!("forwarded"), "failed_permanent bounced 5.1.1"),
            (sample!("postfix-expired"), "failed_temporary given up 4.4.1"),
        ] {
            let (person, due) = post.mail().await;
            assert_eq!(post.returns(sample, &due).await, (200, "applied".to_owned()), "{state}");
            assert_eq!(post.state(&due).await, state);
            let next = post.mail_to(person).await;
            assert_eq!(post.stage.settled(&next).await.outcome(), Outcome::Sent, "{state}");
        }
        assert_eq!(post.reasons().await, [""; 0]);
    }

    async fn what_is_about_nobody_is_counted_and_changes_nothing(db: Db) {
        let post = Post::on(db).await;
        let (_, due) = post.mail().await;
        let told = |answer: &str| (200, answer.to_owned());
        assert_eq!(post.hand_in(SECRET, sample!("postfix-unknown")).await, told("unknown_reference"));
        let other = sample!("gmail").replace(".mail@", ".newsletter@");
        assert_eq!(post.hand_in(SECRET, &other).await, told("unknown_reference"));
        assert_eq!(post.returns(sample!("away"), &due).await, told("no_report"));
        assert_eq!(post.hand_in(SECRET, "").await, told("no_report"));
        let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(10_000);
        assert_eq!(post.hand_in(SECRET, &nested).await, told("excessive"));
        assert_eq!(post.hand_in(SECRET, &"x".repeat(LONGEST + 1)).await.0, 413);
        let mail = sample!("postfix-unknown").replace(SAMPLE.0, &due.delivery_id);
        for secret in ["A1b2C3d4E5f6G7h8I9j1", "x", "%20"] {
            assert_eq!(post.hand_in(secret, &mail).await, (404, String::new()));
        }
        assert_eq!(post.state(&due).await, "accepted");
        assert_eq!(post.reasons().await, [""; 0]);
        for (result, times) in [("unknown_reference", 2.0), ("no_report", 2.0), ("excessive", 1.0), ("refused", 3.0)] {
            let counted = post.counted(
                "jalon_notifier_receipts_total",
                &[("provider", "smtp"), ("result", result)],
            );
            assert!((counted - times).abs() < 0.1, "{result}: {counted}");
        }
    }

    async fn what_came_back_settles_what_nobody_knew_and_after_an_erasure_suppresses_nothing(db: Db) {
        let post = Post::on(db).await;
        post.server.order(&[Order::CutAfterBody]);
        let person = post.stage.person(|person| person.mobile.clear());
        let due = post.stage.due(person, |due| "at_most_once".clone_into(&mut due.on_unknown));
        post.stage.publish(vec![due.clone()]).await;
        assert_eq!(post.stage.settled(&due).await.reason, "unknown");
        assert_eq!(post.returns(sample!("postfix-unknown"), &due).await.1, "applied");
        assert_eq!(post.state(&due).await, "failed_permanent bounced 5.1.1");
        assert_eq!(post.server.taken().len(), 1);

        let (person, due) = post.mail().await;
        post.stage.erase(person).await;
        platform::testing::eventually("the address is forgotten", || async {
            post.message(&due).await.to.is_empty().then_some(())
        })
        .await;
        assert_eq!(post.returns(sample!("arf-abuse"), &due).await.1, "applied");
        assert!(!post.reasons().await.contains(&"complaint".to_owned()));
    }
}

#[tokio::test]
async fn mails_leave_with_the_return_path_and_what_cannot_work_is_said_at_the_start() {
    let server = Server::start(Encryption::None).await;
    let stage = Stage::with(settings(&server)).await;
    stage.service.run();
    let due = stage.due(stage.person(|_| {}), |_| {});
    stage.publish(vec![due.clone()]).await;
    assert_eq!(stage.settled(&due).await.outcome(), Outcome::Sent);
    assert_eq!(server.senders(), [RETURN_PATH]);
    assert!(
        server.taken()[0]
            .1
            .contains("From: Jalon <jalon@localhost.localdomain>")
    );

    let refused = |change: &dyn Fn(&mut SmtpSettings)| {
        let mut settings = settings(&server);
        change(settings.smtp.as_mut().unwrap());
        try_service(&stage, settings).err().unwrap().to_string()
    };
    let said = refused(&|smtp| smtp.bounces = "retours".to_owned());
    assert!(said.contains("notifier.smtp.bounces"), "{said}");
    let said = refused(&|smtp| smtp.reports_secret = Secret::new("geheim"));
    assert!(
        said.contains("notifier.smtp.reports_secret") && !said.contains("geheim"),
        "{said}"
    );
    let said = refused(&|smtp| smtp.reports_secret_file = Some("/nowhere".into()));
    assert!(said.contains("notifier.smtp.reports_secret"), "{said}");

    // Without a secret nothing is taken, and the sender's address is the return path.
    let mut plain = settings(&server);
    if let Some(smtp) = &mut plain.smtp {
        (smtp.bounces, smtp.reports_secret) = (String::new(), Secret::default());
    }
    let stage = Stage::with(plain).await;
    stage.service.run();
    let port = sms::callbacks(&stage).await;
    let request = format!(
        "POST /mail/reports/{SECRET} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    );
    assert_eq!(call(port, &request).await, 404);
    let due = stage.due(stage.person(|_| {}), |_| {});
    stage.publish(vec![due.clone()]).await;
    stage.settled(&due).await;
    assert_eq!(server.senders()[1], "jalon@localhost.localdomain");
}
