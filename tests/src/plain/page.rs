use std::mem;

use html5gum::{StartTag, Token, Tokenizer};

/// A page, read.
#[derive(Debug, Default)]
pub struct Page {
    /// What it says, spaces of all kinds as one.
    pub text: String,
    /// Where it leads.
    pub links: Vec<Link>,
    /// What one can send.
    pub forms: Vec<Form>,
}

/// A link.
#[derive(Debug, Default)]
pub struct Link {
    /// The address.
    pub to: String,
    /// What it says.
    pub words: String,
}

/// A form.
#[derive(Debug, Default)]
pub struct Form {
    /// Where it goes; empty: where it is.
    pub action: String,
    /// Whether it changes something.
    pub post: bool,
    /// The fields as they stand: those that a browser sends.
    fields: Vec<(String, String)>,
    buttons: Vec<Button>,
}

#[derive(Debug, Default)]
struct Button {
    name: String,
    value: String,
    words: String,
}

impl Form {
    /// This form with the values that it sends by the button with this text, if it has one.
    pub(super) fn pressed(&self, words: &str) -> Option<(&Self, Vec<(String, String)>)> {
        let button = self.buttons.iter().find(|button| button.words == words)?;
        let mut values = self.fields.clone();
        if !button.name.is_empty() {
            values.push((button.name.clone(), button.value.clone()));
        }
        Some((self, values))
    }
}

/// What is being read.
#[derive(Default)]
struct Reader {
    page: Page,
    /// Within a script, a style or a title: nothing that is shown.
    unseen: bool,
    link: Option<Link>,
    button: Option<Button>,
    form: Option<Form>,
    /// Name of the select, whether one of its options was chosen.
    select: Option<(String, bool)>,
    area: Option<(String, String)>,
}

impl Page {
    /// Reads a page.
    pub(super) fn read(html: &str) -> Self {
        let mut reader = Reader::default();
        for token in Tokenizer::new(html) {
            match token {
                Ok(Token::StartTag(tag)) => reader.start(&tag),
                Ok(Token::EndTag(tag)) => reader.end(&String::from_utf8_lossy(&tag.name)),
                Ok(Token::String(text)) => reader.text(&String::from_utf8_lossy(&text)),
                _ => {}
            }
        }
        let mut page = reader.page;
        page.text = plain(&page.text);
        page
    }

    /// What proves that a form is one of ours, of the last form that has it.
    pub(super) fn secrets(&self) -> impl Iterator<Item = (&str, &str)> {
        let of = |form: &&Form| form.fields.iter().any(|(name, _)| name == "csrf");
        let fields = self.forms.iter().rfind(of).map(|form| form.fields.as_slice());
        let known = |name: &str| matches!(name, "csrf" | "operation");
        let pairs = fields
            .unwrap_or_default()
            .iter()
            .filter(move |(name, _)| known(name));
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What can be pressed.
    pub fn buttons(&self) -> impl Iterator<Item = &str> {
        let buttons = self.forms.iter().flat_map(|form| &form.buttons);
        buttons.map(|button| button.words.as_str())
    }
}

impl Reader {
    fn start(&mut self, tag: &StartTag<()>) {
        let value = |name: &str| attribute(tag, name).unwrap_or_default();
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        // Words of two elements are two words, but for those within a line.
        if !matches!(
            name.as_str(),
            "a" | "abbr" | "b" | "em" | "span" | "strong" | "time"
        ) {
            self.text(" ");
        }
        match name.as_str() {
            "script" | "style" | "title" | "template" => self.unseen = true,
            "a" => {
                self.link = attribute(tag, "href").map(|to| Link {
                    to,
                    words: String::new(),
                });
            }
            "form" => {
                self.form = Some(Form {
                    action: value("action"),
                    post: value("method") == "post",
                    ..Form::default()
                });
            }
            "button" if value("type") != "button" => {
                self.button = Some(Button {
                    name: value("name"),
                    value: value("value"),
                    words: String::new(),
                });
            }
            "input" => {
                let ticked = !matches!(value("type").as_str(), "checkbox" | "radio")
                    || attribute(tag, "checked").is_some();
                if ticked {
                    self.field(value("name"), value("value"));
                }
            }
            "textarea" => self.area = Some((value("name"), String::new())),
            "select" => self.select = Some((value("name"), false)),
            "option" => self.option(value("value"), attribute(tag, "selected").is_some()),
            _ => {}
        }
    }

    /// The first option stands until one is chosen.
    fn option(&mut self, value: String, chosen: bool) {
        let (Some((name, any)), Some(form)) = (&mut self.select, &mut self.form) else {
            return;
        };
        if chosen && *any {
            form.fields.pop();
        }
        if chosen || !*any {
            form.fields.push((name.clone(), value));
            *any = true;
        }
    }

    fn field(&mut self, name: String, value: String) {
        if let Some(form) = self.form.as_mut().filter(|_| !name.is_empty()) {
            form.fields.push((name, value));
        }
    }

    fn text(&mut self, text: &str) {
        if self.unseen {
            return;
        }
        if let Some((_, area)) = &mut self.area {
            area.push_str(text);
            return;
        }
        self.page.text.push_str(text);
        if let Some(link) = &mut self.link {
            link.words.push_str(text);
        }
        if let Some(button) = &mut self.button {
            button.words.push_str(text);
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "script" | "style" | "title" | "template" => self.unseen = false,
            "a" => {
                if let Some(mut link) = self.link.take() {
                    link.words = plain(&link.words);
                    self.page.links.push(link);
                }
            }
            "button" => {
                if let (Some(mut button), Some(form)) = (self.button.take(), &mut self.form) {
                    button.words = plain(&button.words);
                    form.buttons.push(button);
                }
            }
            "textarea" => {
                let (name, value) = mem::take(&mut self.area).unwrap_or_default();
                self.field(name, value);
            }
            "select" => self.select = None,
            "form" => self.page.forms.extend(self.form.take()),
            _ => {}
        }
    }
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some(String::from_utf8_lossy(value).into_owned())
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
