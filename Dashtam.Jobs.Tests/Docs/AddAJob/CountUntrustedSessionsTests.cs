using Dashtam.Jobs.Core.Tasks.Sessions.Example;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes.Example;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Tasks.Sessions.Example;

[Category("Unit")]
internal sealed class CountUntrustedSessionsTests
{
    [TestCase(4, 0)]
    [TestCase(5, 0)]
    [TestCase(7, 2)]
    public async Task Those_above_the_setting_are_too_many(long count, long tooMany)
    {
        var sessions = new FakeUntrustedSessions { Count = count };
        var options = Options.Create(new UntrustedSessionOptions { Most = 5 });

        var summary = await new CountUntrustedSessions(sessions, options).RunAsync(Summaries.Run, CancellationToken.None);

        Assert.That((summary.Checked, summary.Processed, summary.Errors), Is.EqualTo((count, count, 0L)));
        Assert.That(summary.Details(), Is.EqualTo($"too_many {tooMany}"));
    }
}
