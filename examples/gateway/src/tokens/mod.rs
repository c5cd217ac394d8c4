//! Who comes in: JSON Web Tokens, signed with HS256.

mod hs256;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::failure::Failure;
use crate::model::{Role, User};

/// Signs and checks tokens.
pub(crate) struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    open: bool,
}

/// Somebody who was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Admission {
    pub(crate) user: User,
    /// Seconds since 1970; a guest's stay has no end.
    pub(crate) expires_at: Option<i64>,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Missing,
    Invalid,
    Expired,
    NotAllowed,
    Origin,
}

impl Tokens {
    /// `open`: whoever has no token is a guest agent.
    pub(crate) fn new(secret: &str, open: bool) -> Self {
        hs256::install();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        Self {
            encoding: EncodingKey::from_secret(secret.as_bytes()),
            decoding: DecodingKey::from_secret(secret.as_bytes()),
            validation,
            open,
        }
    }

    pub(crate) fn admit(&self, token: Option<&str>) -> Result<Admission, Refusal> {
        match token {
            Some(token) => self.verify(token),
            None if self.open => Ok(Admission { user: guest(), expires_at: None }),
            None => Err(Refusal::Missing),
        }
    }

    pub(crate) fn issue(&self, user: &User, ttl_seconds: i64) -> Result<String, Failure> {
        let claims = Claims {
            sub: user.id.clone(),
            role: Some(role_name(user.role).to_owned()),
            name: Some(user.name.clone()),
            exp: Timestamp::now().as_seconds().saturating_add(ttl_seconds),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(|error| Failure::wrong_shape(error.to_string()))
    }

    fn verify(&self, token: &str) -> Result<Admission, Refusal> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation)
            .map_err(|error| {
                if matches!(error.kind(), ErrorKind::ExpiredSignature) { Refusal::Expired } else { Refusal::Invalid }
            })?
            .claims;
        let role = match claims.role.as_deref() {
            Some("agent") => Role::Agent,
            Some("customer") | None => Role::Customer,
            Some(_) => return Err(Refusal::NotAllowed),
        };
        let name = claims.name.unwrap_or_else(|| claims.sub.clone());
        let user = User { id: claims.sub, name, role };
        Ok(Admission { user, expires_at: Some(claims.exp) })
    }
}

impl Refusal {
    pub(crate) fn close_code(self) -> u16 {
        match self {
            Self::Missing | Self::Invalid | Self::Expired => 4401,
            Self::NotAllowed | Self::Origin => 4403,
        }
    }

    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Missing => "a token is needed",
            Self::Invalid => "the token is not valid",
            Self::Expired => "the token has expired",
            Self::NotAllowed => "the token does not allow this",
            Self::Origin => "pages of this origin are not allowed",
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Missing | Refusal::Invalid | Refusal::Expired => Self::unauthorized(refusal.reason()),
            Refusal::NotAllowed | Refusal::Origin => Self::forbidden(refusal.reason()),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    role: Option<String>,
    name: Option<String>,
    exp: i64,
}

fn guest() -> User {
    User { id: "guest".to_owned(), name: "Guest".to_owned(), role: Role::Agent }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Customer => "customer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> User {
        User { id: "agent_ana".to_owned(), name: "Ana".to_owned(), role: Role::Agent }
    }

    #[test]
    fn what_was_issued_is_admitted() {
        let tokens = Tokens::new("secret", false);
        let token = tokens.issue(&ana(), 60).unwrap();
        assert_eq!(tokens.admit(Some(&token)).unwrap().user, ana());
    }

    #[test]
    fn another_secret_is_refused() {
        let token = Tokens::new("other", false).issue(&ana(), 60).unwrap();
        assert_eq!(Tokens::new("secret", false).admit(Some(&token)), Err(Refusal::Invalid));
    }

    #[test]
    fn an_old_token_is_refused_as_such() {
        let tokens = Tokens::new("secret", true);
        let token = tokens.issue(&ana(), -1).unwrap();
        assert_eq!(tokens.admit(Some(&token)), Err(Refusal::Expired));
    }

    #[test]
    fn guests_enter_only_where_it_is_open() {
        assert_eq!(Tokens::new("secret", false).admit(None), Err(Refusal::Missing));
        assert_eq!(Tokens::new("secret", true).admit(None).unwrap().user.id, "guest");
    }
}
