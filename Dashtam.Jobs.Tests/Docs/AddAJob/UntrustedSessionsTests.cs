using Dashtam.Jobs.Core.Infrastructure.Database.Example;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Infrastructure.Database.Example;

[Category("Integration")]
internal sealed class UntrustedSessionsTests
{
    [Test]
    public async Task Sessions_that_were_revoked_do_not_count()
    {
        await using var database = await SeededDatabase.CreateAsync(TimeProvider.System.GetUtcNow());

        var count = await new UntrustedSessions(database.Reader()).CountAsync(CancellationToken.None);

        Assert.That(count, Is.EqualTo(10));
    }
}
