using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure.Notices;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Settings;

/// <summary>A value means what it says, or it is refused by name: nothing is guessed.</summary>
[Category("Unit")]
internal sealed class SettingsBinderTests
{
    [TestCase("INFO,WARNING")]
    [TestCase("INFO, ERROR")]
    [TestCase("+9")]
    [TestCase("3")]
    [TestCase("-1")]
    [TestCase(" INFO")]
    [TestCase("INFO ")]
    [TestCase(" ")]
    [TestCase("\t")]
    [TestCase("\u0663")]
    [TestCase("0x1")]
    [TestCase("warn")]
    public void An_enum_is_one_of_its_names(string value)
    {
        Refuses<LoggingOptions>("LOG_LEVEL", value, "DEBUG, INFO, WARNING, ERROR, CRITICAL");
        Refuses<QueueOptions>("JOB_RESULT_BARE_KEY", value, "NONE, JSON");
    }

    [TestCase("1e3")]
    [TestCase("1_000")]
    [TestCase("1,000")]
    [TestCase(" 5")]
    [TestCase("5 ")]
    [TestCase("+5")]
    [TestCase("0x10")]
    [TestCase("#10")]
    [TestCase("&h10")]
    [TestCase("\u0663")]
    [TestCase("5.0.0")]
    [TestCase("NaN")]
    [TestCase("Infinity")]
    [TestCase("5\0")]
    public void A_number_is_digits(string value)
    {
        Refuses<WorkerOptions>("WORKER_CONCURRENCY", value, "a whole number");
        Refuses<QueueOptions>("JOBS_DEAD_MAX_BYTES", value, "a whole number");
        Refuses<TimeoutOptions>("WORKER_CANCEL_GRACE_SECONDS", value, "a number");
        Refuses<HttpOptions>("JOBS_HTTP_PORT", value, "a whole number");
    }

    [TestCase("yes")]
    [TestCase("1")]
    [TestCase(" true")]
    [TestCase("true ")]
    [TestCase("true\0")]
    public void A_boolean_is_true_or_false(string value) => Refuses<NoticeOptions>("SSE_ENABLE_RETENTION", value, "true or false");

    [Test]
    public void What_is_right_is_taken()
    {
        Assert.That(Bind<LoggingOptions>(("LOG_LEVEL", "warning")).Level, Is.EqualTo(LogVerbosity.Warning));
        Assert.That(Bind<WorkerOptions>(("WORKER_CONCURRENCY", "0012")).Concurrency, Is.EqualTo(12));
        Assert.That(Bind<TimeoutOptions>(("WORKER_CANCEL_GRACE_SECONDS", "0.5")).Grace, Is.EqualTo(TimeSpan.FromSeconds(0.5)));
        Assert.That(Bind<NoticeOptions>(("SSE_ENABLE_RETENTION", "TRUE")).EnableRetention, Is.True);
        Assert.That(Bind<HttpOptions>(("JOBS_HTTP_PORT", "tcp://10.0.0.1:8080")).Port, Is.Null, "Kubernetes' own");
    }

    [TestCase("secret", "secret")]
    [TestCase("secret\n", "secret")]
    [TestCase("secret\r\n", "secret")]
    [TestCase("secret\n\n", "secret\n")]
    [TestCase(" secret ", " secret ")]
    public void A_secret_may_stand_in_a_file_of_which_one_line_end_is_cut_off(string content, string value) =>
        WithFile(content, file => Assert.That(Bind<RedisOptions>(("REDIS_URL_FILE", file)).Url, Is.EqualTo(value)));

    [Test]
    public void Both_forms_of_a_secret_are_refused() => WithFile("hunter2", file => Assert.That(
        Problem<RedisOptions>(("REDIS_URL", "redis://host"), ("REDIS_URL_FILE", file)),
        Does.StartWith("REDIS_URL: ").And.Contain("REDIS_URL_FILE").And.Contain("allowed").And.Not.Contain("hunter2")));

    [TestCase("")]
    [TestCase("\n")]
    public void An_empty_file_is_refused(string content) => WithFile(content, file => Assert.That(
        Problem<RedisOptions>(("REDIS_URL_FILE", file)), Does.StartWith("REDIS_URL_FILE: ").And.Contain(file)));

    [Test]
    public void A_file_that_cannot_be_used_is_refused_without_its_content()
    {
        Assert.That(Problem<RedisOptions>(("SSE_REDIS_URL_FILE", "/nowhere")), Does.StartWith("SSE_REDIS_URL_FILE: ").And.Contain("/nowhere"));
        Assert.That(Problem<RedisOptions>(("REDIS_URL_FILE", "/")), Does.StartWith("REDIS_URL_FILE: "));
        Assert.That(Problem<RedisOptions>(("REDIS_URL_FILE", "/dev/zero")), Does.Contain("64 KiB"));
        Assert.That(Problem<RedisOptions>(("REDIS_URL_FILE", "redis://:hunter2@host")), Does.StartWith("REDIS_URL_FILE: ").And.Not.Contain("hunter2"));
    }

    private static void WithFile(string content, Action<string> test)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, content);
            test(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Refuses<TOptions>(string name, string value, string allowed)
        where TOptions : class, new() =>
        Assert.That(Problem<TOptions>((name, value)), Does.StartWith($"{name}: ").And.Contain(allowed), $"{name}='{value}'");

    private static string? Problem<TOptions>(params (string Name, string Value)[] environment)
        where TOptions : class, new()
    {
        try
        {
            Bind<TOptions>(environment);
            return null;
        }
        catch (OptionsValidationException refusal)
        {
            return refusal.Failures.Single();
        }
    }

    private static TOptions Bind<TOptions>(params (string Name, string Value)[] environment)
        where TOptions : class, new()
    {
        var options = new TOptions();
        SettingsBinder.Bind(options, new ConfigurationBuilder()
            .AddInMemoryCollection(environment.ToDictionary(one => one.Name, one => (string?)one.Value, StringComparer.Ordinal))
            .Build());
        return options;
    }
}
