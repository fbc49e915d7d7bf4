//! A colleague joins: from the first administrator's invitation, through the mail and its link, to a token that every
//! service takes.

use anyhow::{Context as _, Result};
use contracts::{
    directory::v1::{
        AcceptInvitationRequest, AccountState, CreateFirstAdministratorRequest, InviteAccountRequest,
        OpenSessionRequest, RequestPasswordResetRequest, ResetPasswordRequest, SignInRequest, StaffRole,
        StaffScope,
    },
    notifier::v1::{GetMessageRequest, ListMessagesRequest, Message, OpenLinkRequest},
};
use jalon::{client::Clients, running::Running as Address};
use platform::{
    Clock,
    auth::{Actor, Role, Scope, Verifier},
};
use tests::{plain::Plain, suite::Running};
use uuid::Uuid;

const PASSWORD: &str = "lune verte 7 étés";

#[tokio::test]
async fn a_colleague_is_invited_by_mail_and_works_with_a_token_of_their_own() -> Result<()> {
    // A Sunday night: a link to an account waits for no window.
    let suite = Running::start("2026-11-08T23:30:00Z").await?;
    let console = suite.suite.clients(Actor::service("console"))?;
    let own = first(&console).await?;
    let mut ada = as_staff(&suite, &console, "ada.roche@example.org", PASSWORD).await?;
    let request = InviteAccountRequest {
        request_id: Uuid::from_u128(1).to_string(),
        given_name: "Léo".to_owned(),
        family_name: "Faure".to_owned(),
        mail: "leo.faure@example.org".to_owned(),
        role: StaffRole::Coordinator.into(),
        scope: Some(StaffScope {
            everything: false,
            organisation_ids: vec![own.clone()],
        }),
        language: String::new(),
    };
    ada.accounts.invite_account(request).await?;
    suite.quiet().await?;

    let invitation = message(&suite.clients, "account_invitation").await?;
    assert_eq!(invitation.to, "leo.faure@example.org");
    assert!(
        invitation.text.contains("dimanche 22\u{a0}novembre") || invitation.text.contains("lundi 23"),
        "{}",
        invitation.text
    );
    let invitation_id = open(&console, &invitation, "directory.invitation/").await?;
    let accept = AcceptInvitationRequest {
        invitation_id,
        password: PASSWORD.to_owned(),
    };
    let account = console
        .accounts
        .clone()
        .accept_invitation(accept)
        .await?
        .into_inner()
        .account;
    assert_eq!(account.context("no account")?.state(), AccountState::Active);

    let leo = as_staff(&suite, &console, "leo.faure@example.org", PASSWORD).await?;
    let seen = leo
        .notifier
        .clone()
        .list_messages(ListMessagesRequest::default())
        .await?
        .into_inner();
    assert!(
        seen.messages.is_empty(),
        "a coordinator sees the links of colleagues"
    );
    Ok(())
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_through_a_mail_that_only_an_administrator_may_hand_over()
-> Result<()> {
    let suite = Running::start("2026-11-09T09:00:00Z").await?;
    let console = suite.suite.clients(Actor::service("console"))?;
    first(&console).await?;
    let request = RequestPasswordResetRequest {
        mail: "ada.roche@example.org".to_owned(),
        source: "203.0.113.7".to_owned(),
    };
    console.accounts.clone().request_password_reset(request).await?;
    suite.quiet().await?;

    let mail = message(&suite.clients, "account_reset").await?;
    let auditor = Actor {
        subject: "auditor".to_owned(),
        role: Role::Auditor,
        scope: Scope::All,
    };
    let read = message(&suite.suite.clients(auditor)?, "account_reset").await?;
    assert_eq!(
        (read.text.as_str(), read.html.as_str()),
        ("", ""),
        "an auditor can become an administrator"
    );

    let reset_id = open(&console, &mail, "directory.reset/").await?;
    let reset = ResetPasswordRequest {
        reset_id,
        password: "trois vélos rouges".to_owned(),
    };
    console.accounts.clone().reset_password(reset).await?;
    as_staff(&suite, &console, "ada.roche@example.org", "trois vélos rouges").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_administrator_who_is_locked_out_comes_back_by_a_link_of_the_command_line() -> Result<()> {
    // The command goes by the clock of its folder.
    let suite = Running::start_at(Clock::system(), |_| {}).await?;
    let console = suite.suite.clients(Actor::service("console"))?;
    first(&console).await?;
    let reset = |mail: &str| {
        let mut command = suite.jalon()?;
        command.args(["accounts", "reset-link", mail]);
        anyhow::Ok(command.output()?)
    };
    let unknown = reset("nobody@example.org")?;
    let told = String::from_utf8(unknown.stderr)?;
    assert!(
        !unknown.status.success() && told.contains("no enabled account"),
        "{told}"
    );
    let told = String::from_utf8(reset("ada.roche@example.org")?.stdout)?;
    let web = Address::read(suite.folder.path())?.web;
    let path = told
        .lines()
        .next()
        .and_then(|line| line.strip_prefix(&format!("http://{web}")))
        .with_context(|| told.clone())?;

    let mut plain = Plain::before(&suite)?;
    plain.get(path).await?;
    let fields = |letters| {
        let password = "trois vélos rouges";
        [
            ("lettres", letters),
            ("motdepasse", password),
            ("encore", password),
        ]
    };
    plain.send("Enregistrer mon mot de passe", &fields("xyz")).await?;
    assert_eq!(plain.status, 422, "{}", plain.page().text);
    plain.send("Enregistrer mon mot de passe", &fields("roc")).await?;
    plain.see("Mot de passe enregistré")?;
    plain.get(path).await?;
    assert_eq!(plain.status, 404, "it opens once");
    as_staff(&suite, &console, "ada.roche@example.org", "trois vélos rouges").await?;
    suite.quiet().await
}

/// Makes Ada Roche and her organisation; its id.
async fn first(console: &Clients) -> Result<String> {
    let request = CreateFirstAdministratorRequest {
        given_name: "Ada".to_owned(),
        family_name: "Roche".to_owned(),
        mail: "ada.roche@example.org".to_owned(),
        password: PASSWORD.to_owned(),
        language: "fr".to_owned(),
        organisation_name: "Maison de l'emploi".to_owned(),
    };
    let made = console
        .accounts
        .clone()
        .create_first_administrator(request)
        .await?;
    Ok(made.into_inner().organisation_id)
}

/// Signs in as the console does; clients that speak as that colleague.
async fn as_staff(suite: &Running, console: &Clients, mail: &str, password: &str) -> Result<Clients> {
    let request = SignInRequest {
        mail: mail.to_owned(),
        password: password.to_owned(),
        device: "Firefox".to_owned(),
        source: "203.0.113.7".to_owned(),
    };
    let mut accounts = console.accounts.clone();
    let secret = accounts.sign_in(request).await?.into_inner().secret;
    let token = accounts
        .open_session(OpenSessionRequest { secret })
        .await?
        .into_inner()
        .token;
    let ground = &suite.suite.ground;
    let actor = Verifier::new(vec![ground.key.clone()], ground.clock.clone()).verify(&token);
    suite.suite.clients(actor.context("the token is none of ours")?)
}

/// The last message of a template, whole.
async fn message(clients: &Clients, template: &str) -> Result<Message> {
    let mut notifier = clients.notifier.clone();
    let listed = notifier
        .list_messages(ListMessagesRequest::default())
        .await?
        .into_inner();
    let found = listed
        .messages
        .into_iter()
        .find(|message| message.template == template);
    let message_id = found
        .with_context(|| format!("no message {template}"))?
        .message_id;
    let whole = notifier
        .get_message(GetMessageRequest { message_id })
        .await?
        .into_inner();
    whole.message.context("no message")
}

/// Follows the link of a mail with the letters of a surname; the id of the subject behind it.
async fn open(console: &Clients, mail: &Message, subject: &str) -> Result<String> {
    let (_, rest) = mail
        .text
        .split_once("/compte/")
        .context("no link to an account")?;
    let token: String = rest
        .chars()
        .take_while(|letter| !letter.is_whitespace())
        .collect();
    let letters = if mail.to.starts_with("ada") { "ROC" } else { "fau" };
    let request = OpenLinkRequest {
        token,
        surname_letters: letters.to_owned(),
    };
    let opened = console.notifier.clone().open_link(request).await?.into_inner();
    anyhow::ensure!(opened.verified, "the letters are wrong");
    let id = opened.subject.strip_prefix(subject).context("another subject")?;
    Ok(id.to_owned())
}
