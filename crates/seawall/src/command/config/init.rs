//! The configuration that `seawall config init` writes.

use std::path::Path;

use anyhow::{Result, bail};

use crate::console::Console;
use crate::file::write_file;

/// Every setting, explained; those that people change are there to be taken out of their comment.
const TEMPLATE: &str = include_str!("template.yaml");

/// Writes it to `file`, or to standard output.
pub(super) fn write(file: &Path, force: bool, console: &Console) -> Result<()> {
    if file == Path::new("-") {
        console.write(|out| out.write_all(TEMPLATE.as_bytes()))?;
        return Ok(());
    }
    if file.exists() && !force {
        bail!("{} is there already; --force replaces it", file.display());
    }
    write_file(file, |out| out.write_all(TEMPLATE.as_bytes()))?;
    console.note(format_args!("wrote {}", file.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use seawall_engine::Config;

    use super::TEMPLATE;

    fn read(text: &str) -> Config {
        Config::read(Path::new("seawall.yaml"), text, &seawall_checks::all())
            .unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"))
    }

    #[test]
    fn as_written_it_changes_nothing() {
        let config = read(TEMPLATE);
        let defaults =
            seawall_engine::plan(&Config::default(), &Default::default(), &seawall_checks::all()).unwrap();
        let plan = seawall_engine::plan(&config, &Default::default(), &seawall_checks::all()).unwrap();
        assert_eq!(format!("{plan:?}"), format!("{defaults:?}"));
        assert!(config.exclude.is_empty() && config.suppressions.is_empty() && config.output.is_empty());
    }

    #[test]
    fn taken_out_of_its_comments_it_is_valid_and_names_every_setting() {
        // Settings stand behind `#`, explanations behind `# `.
        let text: Vec<&str> = TEMPLATE
            .lines()
            .map(|line| {
                line.strip_prefix('#')
                    .filter(|rest| !rest.starts_with(' ') || rest.starts_with("  "))
                    .unwrap_or(line)
            })
            .collect();
        // A standard or a profile: not both.
        let text = text.join("\n").replace("\nprofile: default", "");
        read(&text);
        let schema = seawall_engine::config::config_schema(&seawall_checks::all());
        for setting in schema["properties"].as_object().unwrap().keys() {
            assert!(
                TEMPLATE.contains(&format!("\n{setting}:")) || TEMPLATE.contains(&format!("\n#{setting}:")),
                "{setting}"
            );
        }
    }
}
