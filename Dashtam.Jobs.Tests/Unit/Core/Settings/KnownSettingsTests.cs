using System.Text.RegularExpressions;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Settings;

[Category("Unit")]
internal sealed partial class KnownSettingsTests
{
    private readonly KnownSettings _known = new();

    [TestCase("WORKER_CONCURENCY", "WORKER_CONCURRENCY")]
    [TestCase("JOBS_QUEUENAME", "JOBS_QUEUE_NAME")]
    [TestCase("JOB_RESULT_TLL", "JOB_RESULT_TTL")]
    [TestCase("JOBS_RESULT_TTL", "JOB_RESULT_TTL")]
    [TestCase("worker_lease_second", "WORKER_LEASE_SECONDS")]
    [TestCase("DATABASE_URI", "DATABASE_URL")]
    [TestCase("REDIS_URLS", "REDIS_URL")]
    [TestCase("DASHTAM_APIURL", "DASHTAM_API_URL")]
    [TestCase("SSE_ENABLE_RETENTIONS", "SSE_ENABLE_RETENTION")]
    [TestCase("TOKEN_CHECKCRON", "TOKEN_CHECK_CRON")]
    [TestCase("REDIS_URL_FILES", "REDIS_URL_FILE")]
    [TestCase("JOBS_ZZZZZZZZZZZZZZZZZZZZ", null)]
    public void A_misspelt_setting_is_found_with_the_nearest_one(string name, string? nearest)
    {
        Assert.That(_known.IsMisspelt(name, "1", out var found), Is.True);
        Assert.That(found, Is.EqualTo(nearest));
    }

    [TestCase("JOBS_REDIS_PORT", "tcp://10.0.0.1:6379")]
    [TestCase("JOBS_REDIS_SERVICE_HOST", "10.0.0.1")]
    [TestCase("JOBS_REDIS_SERVICE_PORT", "6379")]
    [TestCase("JOBS_REDIS_SERVICE_PORT_REDIS", "6379")]
    [TestCase("JOBS_REDIS_PORT_6379_TCP", "tcp://10.0.0.1:6379")]
    [TestCase("JOBS_REDIS_PORT_6379_TCP_ADDR", "10.0.0.1")]
    [TestCase("WORKER_PORT", "tcp://10.0.0.1:8081")]
    [TestCase("WORKER_PORT_8081_TCP_PROTO", "tcp")]
    [TestCase("REDIS_PORT", "tcp://10.0.0.1:6379")]
    [TestCase("JOBS_REDIS_URL", "redis://host")]
    [TestCase("SECRET_KEY", "x")]
    [TestCase("DATABASE_HOST", "x")]
    [TestCase("DATABASE_ECHO", "x")]
    [TestCase("REDIS_HOST", "x")]
    [TestCase("REDIS_SERVER", "x")]
    [TestCase("LOG_FORMAT", "x")]
    [TestCase("FAULTS", "x")]
    [TestCase("RUN_CANARY", "x")]
    [TestCase("POSTGRES_DB", "x")]
    [TestCase("DOTNET_ROOT", "x")]
    [TestCase("ASPNETCORE_ENVIRONMENT", "x")]
    [TestCase("PATH", "x")]
    public void What_others_put_into_an_environment_gets_no_advice(string name, string value) =>
        Assert.That(_known.IsMisspelt(name, value, out _), Is.False);

    [Test]
    public void Every_setting_of_the_docs_is_known()
    {
        var page = File.ReadAllText(Path.Combine(Sources.Root, "docs", "reference", "settings.md"));
        var documented = Row().Matches(page).Select(match => match.Groups["name"].Value).ToArray();

        Assert.That(documented, Has.Length.GreaterThan(40));
        Assert.That(documented.Except(_known.Names, StringComparer.Ordinal), Is.Empty);
    }

    [GeneratedRegex(@"^\| `(?<name>[A-Z_]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Row();
}
