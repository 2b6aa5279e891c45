//! Settings from a TOML file and from the environment, into a struct of the caller. What is unknown or wrong is
//! refused with its place: a setting that is silently ignored is worse than a program that does not start.
//! Must never know which settings there are.

pub mod duration_text;

use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// A configuration that was refused. Displays as plain English of several lines, for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// The file cannot be read.
    Unreadable {
        /// Which file.
        file: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// Something in the file is wrong.
    InFile {
        /// Which file.
        file: PathBuf,
        /// Counted from one; zero when something is missing from the whole file.
        line: usize,
        /// Counted in characters, from one.
        column: usize,
        /// The line as it stands there.
        text: String,
        /// What is wrong.
        message: String,
    },
    /// A variable of the environment is unknown or wrong. Its value, which may be a secret, is not kept.
    InEnvironment {
        /// Its name.
        variable: String,
        /// What is wrong.
        message: String,
    },
    /// File and environment together leave something out.
    Incomplete {
        /// What is missing.
        message: String,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::Unreadable { file, cause } => {
                write!(f, "The configuration file {} cannot be read: {cause}.", file.display())
            }
            ConfigError::InFile { file, line: 0, message, .. } => write!(f, "{}: {message}", file.display()),
            ConfigError::InFile { file, line, column, text, message } => {
                let margin = " ".repeat(line.to_string().len());
                // Tabs stay tabs, so that the mark stands under its character.
                let blank: String =
                    text.chars().take(column.saturating_sub(1)).map(|c| if c == '\t' { c } else { ' ' }).collect();
                write!(f, "{}:{line}:{column}: {message}\n{margin} |\n{line} | {text}\n{margin} | {blank}^", file.display())
            }
            ConfigError::InEnvironment { variable, message } => {
                write!(f, "The environment variable {variable} is refused: {message}")
            }
            ConfigError::Incomplete { message } => write!(f, "The configuration is incomplete: {message}"),
        }
    }
}

impl std::error::Error for ConfigError {}

/// One variable: the path that it names and what it may mean, the likeliest first.
struct Setting {
    variable: String,
    path: Vec<String>,
    text: String,
    value: Value,
}

/// Reads settings: the file, if there is one, and over it the variables `PREFIX__SECTION__NAME=value` (two underscores
/// go one table deeper; names are lower case in the file). A value is read as TOML where it is TOML and fits, or
/// else is text. `T` and its parts say `#[serde(deny_unknown_fields)]`, or else what is unknown is ignored.
pub fn read<T: DeserializeOwned>(
    file: Option<&Path>,
    env_prefix: &str,
    env: impl Iterator<Item = (String, String)>,
) -> Result<T, ConfigError> {
    let text = match file {
        Some(file) => std::fs::read_to_string(file)
            .map_err(|cause| ConfigError::Unreadable { file: file.to_owned(), cause: cause.to_string() })?,
        None => String::new(),
    };
    let file = file.unwrap_or(Path::new(""));
    let base: Table = toml::from_str(&text).map_err(|e| in_file(file, &text, &e))?;
    let mut settings = settings(env_prefix, env)?;
    if settings.is_empty() {
        return toml::from_str(&text).map_err(|e| in_file_or_missing(file, &text, &e));
    }
    // Each round accepts the whole, or turns one value to text, or refuses.
    loop {
        let error = match merged(&base, settings.iter())?.try_into::<T>() {
            Ok(config) => return Ok(config),
            Err(error) => error.message().to_owned(),
        };
        let Some(at) = culprit::<T>(&base, &settings, &error) else {
            return match toml::from_str::<T>(&text) {
                Err(e) if e.message() == error => Err(in_file_or_missing(file, &text, &e)),
                _ => Err(ConfigError::Incomplete { message: error }),
            };
        };
        match settings.get_mut(at) {
            // `PASSWORD=123456` is TOML for a number, and was meant as text.
            Some(setting) if !setting.value.is_str() => setting.value = Value::String(setting.text.clone()),
            _ => return Err(refused::<T>(&base, &settings, at, error)),
        }
    }
}

fn settings(prefix: &str, env: impl Iterator<Item = (String, String)>) -> Result<Vec<Setting>, ConfigError> {
    let start = format!("{prefix}__");
    let mut settings = Vec::new();
    for (variable, text) in env {
        let Some(name) = variable.strip_prefix(&start) else { continue };
        let path: Vec<String> = name.split("__").map(str::to_lowercase).collect();
        if path.iter().any(String::is_empty) {
            let message = format!("a name has the form {start}SECTION__NAME");
            return Err(ConfigError::InEnvironment { variable, message });
        }
        let value = scalar(&text).unwrap_or_else(|| Value::String(text.clone()));
        settings.push(Setting { variable, path, text, value });
    }
    // The environment has no order of its own; errors should.
    settings.sort_by(|a, b| a.variable.cmp(&b.variable));
    Ok(settings)
}

/// The text as one TOML value, if it is one.
fn scalar(text: &str) -> Option<Value> {
    let mut table: Table = toml::from_str(&format!("v = {text}")).ok()?;
    let value = table.remove("v")?;
    table.is_empty().then_some(value)
}

fn merged<'a>(base: &Table, settings: impl Iterator<Item = &'a Setting>) -> Result<Table, ConfigError> {
    let mut table = base.clone();
    for setting in settings {
        let Some((last, sections)) = setting.path.split_last() else { continue };
        let mut place = &mut table;
        for section in sections {
            let inner = place.entry(section).or_insert_with(|| Value::Table(Table::new()));
            let Value::Table(inner) = inner else {
                let message = format!("`{section}` is a value, not a section");
                return Err(ConfigError::InEnvironment { variable: setting.variable.clone(), message });
            };
            place = inner;
        }
        place.insert(last.clone(), setting.value.clone());
    }
    Ok(table)
}

/// The variable that brings this error: added one by one in order, the first with which it is there. None when the
/// file has it by itself.
fn culprit<T: DeserializeOwned>(base: &Table, settings: &[Setting], error: &str) -> Option<usize> {
    let fails = |count: usize| match merged(base, settings.iter().take(count)).map(Table::try_into::<T>) {
        Ok(Err(found)) => found.message() == error,
        _ => false,
    };
    (0..=settings.len()).find(|count| fails(*count))?.checked_sub(1)
}

/// Refuses a variable by name. If its first reading, as a number or the like, gave another message, that is not
/// shown: text is what it was last taken for. The value is cut out of what serde says.
fn refused<T: DeserializeOwned>(base: &Table, settings: &[Setting], at: usize, error: String) -> ConfigError {
    let Some(setting) = settings.get(at) else { return ConfigError::Incomplete { message: error } };
    let message = match scalar(&setting.text) {
        Some(value) if !value.is_str() => {
            let typed = Setting { variable: String::new(), path: setting.path.clone(), text: String::new(), value };
            let others = settings.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other);
            match merged(base, others.chain([&typed])).map(Table::try_into::<T>) {
                Ok(Err(first)) => first.message().to_owned(),
                _ => error,
            }
        }
        _ => error,
    };
    let message = if setting.text.is_empty() { message } else { without(&message, &setting.text) };
    ConfigError::InEnvironment { variable: setting.variable.clone(), message: message.trim_end().to_owned() }
}

/// A message without a value: serde quotes what it did not expect before it says what it did.
fn without(message: &str, value: &str) -> String {
    match message.split_once(", expected ") {
        Some((found, expected)) if found.contains(value) || found.starts_with("invalid ") => {
            let kind = found.split(['`', '"']).next().unwrap_or_default().trim_end();
            format!("{kind}, expected {expected}")
        }
        // Shorter ones would cut words apart, and are no secrets.
        _ if value.len() > 3 => message.replace(value, "…"),
        _ => message.to_owned(),
    }
}

fn in_file(file: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let (mut line, mut column, mut shown) = (0, 0, String::new());
    if let Some(span) = error.span() {
        let before = text.get(..span.start).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        line = before.matches('\n').count() + 1;
        column = before.get(start..).unwrap_or_default().chars().count() + 1;
        shown = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default().to_owned();
    }
    ConfigError::InFile { file: file.to_owned(), line, column, text: shown, message: error.message().trim_end().to_owned() }
}

/// What is missing has no place of its own; without a file it is simply missing.
fn in_file_or_missing(file: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    if file.as_os_str().is_empty() {
        return ConfigError::Incomplete { message: error.message().trim_end().to_owned() };
    }
    in_file(file, text, error)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Write as _;
    use std::time::Duration;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Config {
        port: u16,
        name: String,
        roles: Vec<String>,
        order: Order,
        services: BTreeMap<String, String>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Order {
        database: String,
        durable: bool,
        #[serde(with = "duration_text")]
        unpaid: Duration,
    }

    fn with(text: &str, env: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        read(Some(file.path()), "MALL", env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    fn place(error: &ConfigError) -> (usize, usize, String) {
        match error {
            ConfigError::InFile { line, column, text, .. } => (*line, *column, text.clone()),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn the_environment_stands_over_the_file() {
        let env = [
            ("MALL__ORDER__DATABASE", "mysql://root@localhost/order"),
            ("MALL__ORDER__DURABLE", "true"),
            ("MALL__ORDER__UNPAID", "1h30m"),
            ("MALL__NAME", "12345"),
            ("MALL__ROLES", "[\"order\", \"user\"]"),
            ("MALL__SERVICES__USER", "http://10.0.0.1:7001"),
            ("MALL_TEST_REDIS", "not ours"),
            ("PATH", "/bin"),
        ];
        let config = with("port = 80\nname = 'x'\n[order]\ndatabase = 'file'\n", &env).unwrap();
        assert_eq!(config.port, 80);
        assert_eq!(config.name, "12345", "text that looks like a number");
        assert_eq!(config.roles, ["order", "user"]);
        assert_eq!(config.services["user"], "http://10.0.0.1:7001");
        let order = Order { database: "mysql://root@localhost/order".into(), durable: true, unpaid: Duration::from_secs(5400) };
        assert_eq!(config.order, order);
        assert_eq!(read::<Config>(None, "MALL", std::iter::empty()).unwrap(), Config::default());
    }

    #[test]
    fn what_is_wrong_in_the_file_is_shown_where_it_stands() {
        let error = with("port = 80\n[order]\n  databse = 'x'\n", &[]).unwrap_err();
        assert_eq!(place(&error), (3, 3, "  databse = 'x'".to_owned()));
        let shown = error.to_string();
        assert!(shown.contains(":3:3: unknown field `databse`, expected one of `database`"), "{shown}");
        assert!(shown.ends_with("\n  |\n3 |   databse = 'x'\n  |   ^"), "{shown}");

        let error = with("name = '中文'\nport = 70000 # 端口\n", &[]).unwrap_err();
        assert_eq!(place(&error), (2, 8, "port = 70000 # 端口".to_owned()));
        let error = with("[order]\nunpaid = 'soon'\n", &[]).unwrap_err();
        assert_eq!(place(&error), (2, 10, "unpaid = 'soon'".to_owned()));
        assert!(error.to_string().contains("a duration such as \"30m\""), "{error}");
        let error = with("port = 80\nport = \n", &[]).unwrap_err();
        assert_eq!(place(&error).0, 2);
        // The place is found as well while the environment changes something else.
        let error = with("[order]\ndatabse = 'x'\n", &[("MALL__PORT", "81")]).unwrap_err();
        assert_eq!(place(&error), (2, 1, "databse = 'x'".to_owned()));
        let absent = read::<Config>(Some(Path::new("/nowhere/mall.toml")), "MALL", std::iter::empty()).unwrap_err();
        assert!(absent.to_string().starts_with("The configuration file /nowhere/mall.toml cannot be read"), "{absent}");
    }

    #[test]
    fn a_wrong_variable_is_refused_by_its_name() {
        for (variable, value, expected) in [
            ("MALL__ORDER__DATABSE", "x", "unknown field `databse`"),
            ("MALL__LIMIT__RATE", "5", "unknown field `limit`"),
            ("MALL__PORT", "70000", "expected u16"),
            ("MALL__PORT", "eighty", "expected u16"),
            ("MALL__ORDER__DURABLE", "yes", "expected a boolean"),
            ("MALL__ORDER__UNPAID", "soon", "expected a duration"),
            ("MALL__NAME__FIRST", "x", "`name` is a value"),
            ("MALL__ORDER", "x", "expected struct Order"),
            ("MALL__", "x", "a name has the form"),
            ("MALL__ORDER__", "x", "a name has the form"),
        ] {
            let error = with("name = 'shop'\n", &[("MALL__ROLES", "['a']"), (variable, value)]).unwrap_err();
            assert!(matches!(&error, ConfigError::InEnvironment { variable: named, .. } if named == variable), "{error:?}");
            assert!(error.to_string().contains(expected), "{error}");
        }
        let twice = [("MALL__NAME", "7"), ("MALL__ORDER__DURABLE", "no"), ("MALL__PORT", "no"), ("MALL__ROLES", "no")];
        let named = |error: ConfigError| match error {
            ConfigError::InEnvironment { variable, .. } => variable,
            other => panic!("{other}"),
        };
        assert_eq!(named(with("", &twice).unwrap_err()), "MALL__ORDER__DURABLE");
        assert_eq!(named(with("", &twice[2..]).unwrap_err()), "MALL__PORT");
        let error = with("", &[("MALL__ORDER__DURABLE", "hunter2-secret")]).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }

    #[test]
    fn something_missing_is_said() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Needs {
            master_key: String,
            port: u16,
        }
        let env = |list: &[(&str, &str)]| list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Vec<_>>();
        let missing = read::<Needs>(None, "MALL", env(&[("MALL__PORT", "1")]).into_iter()).unwrap_err();
        assert!(matches!(missing, ConfigError::Incomplete { .. }), "{missing:?}");
        assert!(missing.to_string().contains("missing field `master_key`"), "{missing}");
        let whole = env(&[("MALL__PORT", "1"), ("MALL__MASTER_KEY", "k")]);
        let needs: Needs = read(None, "MALL", whole.into_iter()).unwrap();
        assert_eq!((needs.master_key.as_str(), needs.port), ("k", 1));
    }
}
