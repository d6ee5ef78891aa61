//! The packages that pages and letters are made with, at the versions we looked at.

/// Where what pages load is committed.
pub(crate) const PAGES: &str = "crates/web/assets/vendor/";
/// Where the typeface of letters and forms is committed.
pub(crate) const PAPER: &str = "crates/app/assets/vendor/";
/// Every folder of fetched files; each has a manifest.
pub(crate) const FOLDERS: [&str; 2] = [PAGES, PAPER];

/// A package and what we take from it.
pub(crate) struct Package {
    /// Its name in npm.
    pub(crate) name: &'static str,
    /// Exact version.
    pub(crate) version: &'static str,
    /// SPDX identifier.
    pub(crate) licence: &'static str,
    /// The folder that takes its files.
    pub(crate) folder: &'static str,
    /// Files of the package and where they go.
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// Texts that the package lacks and where they go.
    pub(crate) written: &'static [(&'static str, &'static str)],
    /// Its folder of icons and the sprite that is made of those we use.
    pub(crate) icons: Option<(&'static str, &'static str)>,
}

/// A package of which we take files as they are.
const fn package(
    name: &'static str,
    version: &'static str,
    licence: &'static str,
    files: &'static [(&'static str, &'static str)],
) -> Package {
    Package {
        name,
        version,
        licence,
        folder: PAGES,
        files,
        written: &[],
        icons: None,
    }
}

/// Everything that is fetched.
pub(crate) const PACKAGES: [Package; 8] = [
    Package {
        // The package holds no licence text; this is its project's, with the years of its banner.
        written: &[(
            include_str!("../../vendor/tabler-core-licence.txt"),
            "licences/tabler-core.txt",
        )],
        ..package(
            "@tabler/core",
            "1.6.1",
            "MIT",
            &[
                ("dist/css/tabler.min.css", "tabler.min.css"),
                ("dist/js/tabler.min.js", "tabler.min.js"),
            ],
        )
    },
    Package {
        icons: Some(("icons/outline", "icons.svg")),
        ..package(
            "@tabler/icons",
            "3.51.0",
            "MIT",
            &[("LICENSE", "licences/tabler-icons.txt")],
        )
    },
    package(
        "htmx.org",
        "2.0.11",
        "0BSD",
        &[
            ("dist/htmx.min.js", "htmx.min.js"),
            ("LICENSE", "licences/htmx.txt"),
        ],
    ),
    package(
        "echarts",
        "6.1.0",
        "Apache-2.0",
        &[
            ("dist/echarts.min.js", "echarts.min.js"),
            ("LICENSE", "licences/echarts.txt"),
            ("NOTICE", "licences/echarts-notice.txt"),
            ("licenses/LICENSE-d3", "licences/echarts-d3.txt"),
        ],
    ),
    // Contained in the files above; only their licences are taken.
    package(
        "bootstrap",
        "5.3.8",
        "MIT",
        &[("LICENSE", "licences/bootstrap.txt")],
    ),
    package(
        "@popperjs/core",
        "2.11.8",
        "MIT",
        &[("LICENSE.md", "licences/popper.txt")],
    ),
    package(
        "zrender",
        "6.1.0",
        "BSD-3-Clause",
        &[("LICENSE", "licences/zrender.txt")],
    ),
    Package {
        folder: PAPER,
        ..package(
            "@expo-google-fonts/noto-sans-sc",
            "0.4.3",
            "OFL-1.1",
            &[
                ("400Regular/NotoSansSC_400Regular.ttf", "noto-sans-sc.ttf"),
                ("LICENSE_FONT", "licences/noto-sans-sc.txt"),
            ],
        )
    },
];
