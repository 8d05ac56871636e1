using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary><c>make add</c> and <c>make remove</c>, as far as they need no registry.</summary>
[Category("Unit")]
internal sealed class PackageScriptTests
{
    private const string Projects = "Dashtam.Jobs.Core/Dashtam.Jobs.Core.csproj Dashtam.Jobs.Worker/Dashtam.Jobs.Worker.csproj";

    [TestCase("add", "", "say which package: make add PKG=Name")]
    [TestCase("add", "PKG=a;b", "PKG=\"a;b\"")]
    [TestCase("add", "PKG=Dapper VERSION=new", "VERSION=\"new\"")]
    [TestCase("add", "PKG=Dapper TO=Kernel", "it is Core, Scheduler, Worker or Tests")]
    [TestCase("add", "PKG=Dapper GROUP=prod", "it is dev (tests, analyzers) or docs (tools)")]
    [TestCase("add", "PKG=cspell GROUP=docs", "FROM=npm or FROM=nuget")]
    [TestCase("add", "PKG=cspell GROUP=docs FROM=npm TO=Core", "leave TO out")]
    [TestCase("remove", "PKG=Dapper TO=kernel", "it is Core, Scheduler, Worker or Tests")]
    [TestCase("destroy", "PKG=Dapper", "say add, remove or outdated")]
    public async Task A_wrong_setting_is_named_with_what_is_allowed(string action, string settings, string expected)
    {
        var run = await ScriptRun.RunAsync([Path.Combine("tools", "packages.sh"), action], Variables(settings));

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Errors, Does.Contain(expected).And.Contain("Nothing was changed"));
    }

    [TestCase("Aaa.First")]
    [TestCase("Humanizer.Core")]
    [TestCase("Zzz.Last")]
    public async Task A_reference_that_is_added_and_removed_leaves_the_files_as_they_were(string package)
    {
        var run = await ScriptRun.RunAsync(
            ["-c", $"""
                set -euo pipefail
                root=$PWD copy=$(mktemp -d)
                trap 'rm -rf "$copy"' EXIT
                . tools/packages-files.sh
                copy_out
                for file in {Projects}; do
                    insert_item "$file" PackageReference '<PackageReference Include="{package}" />' {package}
                    has_item "$file" PackageReference {package}
                done
                insert_item Directory.Packages.props PackageVersion '<PackageVersion Include="{package}" Version="1.0.0" />' {package} Libraries
                replace_item Directory.Packages.props PackageVersion '<PackageVersion Include="{package}" Version="2.0.0" />' {package}
                grep -q 'Include="{package}" Version="2.0.0"' "$copy/Directory.Packages.props"
                changed
                for file in {Projects}; do remove_item "$file" PackageReference {package}; done
                remove_item Directory.Packages.props PackageVersion {package}
                changed
                """]);

        Assert.That(run.ExitCode, Is.Zero, run.Errors);
        Assert.That(
            run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            Is.EqualTo(["Directory.Packages.props", .. Projects.Split(' ')]),
            "each differs once after the insertions, and none after the removals");
    }

    [TestCase("MIT", true)]
    [TestCase("Apache-2.0 OR GPL-3.0-only", true)]
    [TestCase("(MIT AND BSD-3-Clause)", true)]
    [TestCase("MIT AND GPL-3.0-only", false)]
    [TestCase("GPL-3.0-only", false)]
    [TestCase("in its file LICENSE.md", false)]
    [TestCase("none stated", false)]
    public async Task Licences_without_conditions_on_the_source_are_accepted_and_others_asked_for(string licence, bool accepted)
    {
        var run = await ScriptRun.RunAsync(
            ["-c", """
                fail() { echo "$1" >&2; exit 1; }
                . tools/packages-nuget.sh
                printf 'Some.Package 1.0.0\t%s\n' "$LICENCE" | ask_for_licences
                """],
            ("LICENCE", licence), ("YES", ""));

        Assert.That(run.Output, Does.Contain($"Some.Package 1.0.0: {licence}"));
        Assert.That(run.ExitCode, Is.EqualTo(accepted ? 0 : 1), run.Errors);
    }

    private static (string Name, string Value)[] Variables(string settings) =>
    [
        .. new[] { "PKG", "VERSION", "TO", "GROUP", "FROM", "YES" }.Select(name => (name, "")),
        .. settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('=')).Select(pair => (pair[0], pair[1])),
    ];
}
