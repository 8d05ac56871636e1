using Dashtam.Jobs.Core.Tasks.DomainName;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Tasks.DomainName;

[Category("Unit")]
internal sealed class JobClassTests
{
    [Test]
    public async Task Nothing_is_checked_yet()
    {
        var summary = await new JobClass().RunAsync(Summaries.Run, CancellationToken.None);

        Assert.That((summary.Checked, summary.Processed, summary.Errors), Is.EqualTo((0L, 0L, 0L)));
    }
}
