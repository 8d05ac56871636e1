using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution;

[Category("Unit")]
internal sealed class JobCatalogTests
{
    [TestCase(null, "DASHTAM_API_URL, DASHTAM_API_SECRET_KEY")]
    [TestCase("https://api.example", "DASHTAM_API_SECRET_KEY")]
    public void A_job_that_is_not_offered_names_the_settings_that_are_missing(string? url, string missing)
    {
        using var log = new LogLines();
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["DASHTAM_API_URL"] = url };

        _ = new JobCatalog(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), log.Factory.CreateLogger<JobCatalog>());

        Assert.That(
            log.Single().GetProperty("message").GetString(),
            Is.EqualTo($"Job sync_accounts is not offered here: it needs settings that are not set: {missing}"));
    }
}
