//! Keyset pages: bounded, and stable while rows come and go.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contracts::common::v1::{PageInfo, PageRequest};
use serde::{Serialize, de::DeserializeOwned};

use crate::error::Failure;

/// Rows of a page when the request does not say.
pub const DEFAULT_SIZE: i64 = 100;
/// Rows of a page at most.
pub const LARGEST_SIZE: i64 = 500;

/// Where a page starts and how long it may be. `K` is the sort key of the last row before it.
#[derive(Clone, Debug)]
pub struct Page<K> {
    /// At most so many rows.
    pub size: i64,
    /// The page starts after this key.
    pub after: Option<K>,
}

impl<K: Serialize + DeserializeOwned> Page<K> {
    /// Reads a request; none is the first page.
    pub fn parse(request: Option<&PageRequest>) -> Result<Self, Failure> {
        let Some(request) = request else {
            return Ok(Self {
                size: DEFAULT_SIZE,
                after: None,
            });
        };
        let size = match i64::from(request.size) {
            0 => DEFAULT_SIZE,
            size @ 1..=LARGEST_SIZE => size,
            _ => return Err(Failure::field("page.size", "must be from 1 to 500, or 0 for 100")),
        };
        let after = if request.token.is_empty() {
            None
        } else {
            let key = URL_SAFE_NO_PAD
                .decode(&request.token)
                .ok()
                .and_then(|json| serde_json::from_slice(&json).ok());
            Some(key.ok_or_else(|| {
                Failure::field("page.token", "is not a token of ours: take next_token as it is")
            })?)
        };
        Ok(Self { size, after })
    }

    /// How many rows to ask for: one more than shown tells whether there is a next page.
    pub fn limit(&self) -> i64 {
        self.size + 1
    }

    /// Cuts the extra row off and says where the next page starts.
    pub fn info<T>(&self, rows: &mut Vec<T>, key: impl FnOnce(&T) -> K) -> PageInfo {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let mut next_token = String::new();
        if rows.len() > size {
            rows.truncate(size);
            if let Some(json) = rows.last().and_then(|last| serde_json::to_vec(&key(last)).ok()) {
                next_token = URL_SAFE_NO_PAD.encode(json);
            }
        }
        PageInfo { next_token }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_by_their_token() {
        let first = Page::<i64>::parse(Some(&PageRequest {
            size: 2,
            token: String::new(),
        }))
        .unwrap();
        let mut rows = vec![10, 20, 30];
        let info = first.info(&mut rows, |row| *row);
        assert_eq!(rows, [10, 20]);
        let second = Page::<i64>::parse(Some(&PageRequest {
            size: 2,
            token: info.next_token,
        }))
        .unwrap();
        assert_eq!(second.after, Some(20));
        let mut rest = vec![30];
        assert_eq!(second.info(&mut rest, |row| *row).next_token, "");
    }

    #[test]
    fn a_page_of_501_and_a_made_up_token_are_refused() {
        assert!(
            Page::<i64>::parse(Some(&PageRequest {
                size: 501,
                token: String::new()
            }))
            .is_err()
        );
        assert!(
            Page::<i64>::parse(Some(&PageRequest {
                size: 1,
                token: "%%".to_owned()
            }))
            .is_err()
        );
    }
}
