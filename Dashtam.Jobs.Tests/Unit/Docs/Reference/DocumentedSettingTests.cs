using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Docs.Reference;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Docs.Reference;

[Category("Unit")]
internal sealed class DocumentedSettingTests
{
    private readonly Dictionary<string, DocumentedSetting> _settings =
        DocumentedSetting.All().ToDictionary(setting => setting.Name, StringComparer.Ordinal);

    [Test]
    public void Every_known_setting_is_documented_once() => Assert.That(
        _settings.Keys.Concat(_settings.Values.Where(setting => setting.IsSecret).Select(setting => setting.Name + "_FILE")),
        Is.EquivalentTo(new KnownSettings().Names));

    [TestCase("WORKER_CONCURRENCY", "worker", "W", "10", "1 to 10000")]
    [TestCase("WORKER_CANCEL_GRACE_SECONDS", "worker", "W", "5", "0.01 to 300 s")]
    [TestCase("JOBS_TASKIQ_RESULT_IDS", "queue", "W", "`PLAIN`", "`PLAIN`, `GENERATED`, `ANY`")]
    [TestCase("JOBS_TASKIQ_RESULTS", "queue", "W", "`AUTO`", "`AUTO`, `JSON`, `PICKLE`, `NONE`")]
    [TestCase("JOBS_QUEUE_NAME", "queue", "S W producers", "`dashtam:jobs`",
        "1 to 200 characters without braces, none of them invisible, without blanks or quotes at its ends")]
    [TestCase("JOBS_DURABILITY_WAIT_MS", "queue", "S producers", "2000", "10 to 10000 ms")]
    [TestCase("SSE_ENABLE_RETENTION", "jobs", "W", "false", "true or false")]
    [TestCase("TOKEN_CHECK_CRON", "jobs", "S", "`*/15 * * * *`",
        "a [cron](cron.md): five fields as Vixie has them (Sunday is 0 or 7), or Quartz' six or seven (Sunday is 1)")]
    [TestCase("DASHTAM_API_URL", "connections", "W", "none", "an absolute URL, http or https, without user, query and fragment")]
    [TestCase("JOBS_HTTP_PORT", "process", "S W", "8080 (S), 8081 (W)", "1 to 65535")]
    public void A_setting_s_row_says_what_the_code_says(string name, string section, string readBy, string initially, string allowed)
    {
        var setting = _settings[name];

        Assert.That(
            (setting.Section, setting.ReadBy, setting.Default, setting.Allowed), Is.EqualTo((section, readBy, initially, allowed)));
    }

    [TestCase("REDIS_URL", true)]
    [TestCase("REDIS_TLS_CA_FILE", false)]
    public void A_secret_says_that_it_is_one(string name, bool isSecret)
    {
        Assert.That(_settings[name].IsSecret, Is.EqualTo(isSecret));
        Assert.That(_settings[name].What.EndsWith("**Secret**", StringComparison.Ordinal), Is.EqualTo(isSecret));
    }

    [Test]
    public void A_page_without_a_place_for_a_table_is_refused() => Assert.That(
        () => SettingsTables.Update("# Settings\n"), Throws.InvalidOperationException.With.Message.Contains("has no place for: connections"));

    [Test]
    public void A_place_for_a_table_that_does_not_exist_is_refused() => Assert.That(
        () => SettingsTables.Update("<!-- settings: nonsense, written by `make docs-generate` -->\n<!-- end -->"),
        Throws.InvalidOperationException.With.Message.Contains("'nonsense'"));
}
