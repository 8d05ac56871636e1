using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Scheduler.Cli;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.Cli;

[Category("Unit")]
internal sealed class FsckProgressBarTests
{
    [Test]
    public async Task It_shows_the_check_and_how_far_it_is_and_hands_on_the_report()
    {
        var report = new FsckReport("q", [], [], Examined: 7, TimeSpan.Zero);
        using var errors = new StringWriter();

        var shown = await FsckProgressBar.ShowAsync(errors, progress =>
        {
            progress.Report(new FsckProgress("[dead] letters", Done: 1, Checks: 2, Fraction: 0, Examined: 7));
            return Task.FromResult(report);
        });

        Assert.That(shown, Is.SameAs(report));
        // Colours stand between both where the environment makes Spectre take the writer for a terminal.
        Assert.That(errors.ToString(), Does.Contain("[dead] letters (7 looked at)").And.Contains(": 50%"));
    }
}
