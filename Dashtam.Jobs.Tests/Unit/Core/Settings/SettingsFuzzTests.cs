using System.Reflection;
using System.Text;
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Scheduler;
using Dashtam.Jobs.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Settings;

/// <summary>Whatever stands in the environment: it is taken, or refused by name, and nothing that is secret is shown.</summary>
[Category("Unit")]
internal sealed class SettingsFuzzTests
{
    private const int ValuesPerSetting = 1_000;
    private const string Secret = "hunter2";

    /// <summary>What values are made of.</summary>
    private static readonly string[] Pieces =
    [
        Secret, $"redis://u:{Secret}@host:6379/0", $"host:6379,password={Secret}", $"postgresql://u:{Secret}@host:5432/db",
        $"Host=host;Database=db;Password={Secret}", $"{Secret}-{Secret}-{Secret}-{Secret}-{Secret}", "https://api.example.com",
        Secret, "redis://", "rediss://", "redis+sentinel://", "rediss+sentinel://", "postgresql://", "postgres+x://",
        "http://", "https://", "://", "host", "127.0.0.1", "[::1]", "[", "6379", ":", "@", ",", "/", "?", "=", "#", "&", ";", "%",
        "%00", "%zz", "%2f", "'", "\"", "\\", " ", "\t", "\n", "{", "}", "{queue}", "-", "+", ".", "0", "1", "-1", "20", "5000", "0.5",
        "1e400", "NaN", "Infinity", "0x10", "1_000", "99999999999999999999", "\u0663", "\ufffd", "é", "\U0001f600", "true", "FALSE",
        "yes", "INFO", "debug", "JSON", "none", "MEMORY", "FSYNCED", "REPLICATED:", "* * * * *", "password=", "user=", "ssl=true",
        "serviceName=", "abortConnect=", "defaultDatabase=", "proxy=", "channelPrefix=", "Host=", "Database=", "Username=",
        "Password=", "Port=", "SSL Mode=", "Timeout=", "?db=", "?ssl_ca_certs=", "?sentinel_user=", "?sslmode=", "?connect_timeout=",
        "?application_name=", "/etc/hostname", "/proc/self/mem", "/", "/nowhere",
    ];

    public static IEnumerable<Type> OptionClasses =>
        new[] { typeof(SettingsBinder), typeof(WorkerServices), typeof(SchedulerServices) }
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => Settings(type).Any());

    [TestCaseSource(nameof(OptionClasses))]
    public void Any_value_is_taken_or_refused_by_name_and_no_secret_is_shown(Type options)
    {
        var random = new Random(20261124);
        var settings = Settings(options).ToArray();
        var taken = 0;

        for (var i = 0; i < ValuesPerSetting * settings.Length; i++)
        {
            var environment = Array.FindAll(settings, one => one == settings[i % settings.Length] || random.Next(4) == 0)
                .ToDictionary(setting => setting.Name, _ => (string?)Value(random), StringComparer.Ordinal);
            taken += Take(options, environment, settings) ? 1 : 0;
        }

        Assert.That(taken, Is.Positive.And.LessThan(ValuesPerSetting * settings.Length), "both ends must be reached");
    }

    private static IEnumerable<SettingAttribute> Settings(Type type) =>
        type.GetProperties().Select(property => property.GetCustomAttribute<SettingAttribute>()).OfType<SettingAttribute>();

    private static string Value(Random random)
    {
        var text = new StringBuilder();
        for (var pieces = random.Next(random.Next(10) == 0 ? 2 : 1, random.Next(2) == 0 ? 2 : 12); pieces > 0; pieces--)
        {
            text.Append(Pieces[random.Next(Pieces.Length)]);
        }

        return text.ToString();
    }

    private static bool Take(Type options, Dictionary<string, string?> environment, SettingAttribute[] settings)
    {
        var shown = string.Join(", ", environment.Select(pair => $"{pair.Key}={pair.Value}"));
        try
        {
            ReadAll(Bind(options, environment));
            return true;
        }
        catch (OptionsValidationException refusal)
        {
            foreach (var failure in refusal.Failures)
            {
                var setting = Array.Find(settings, one => failure.Contains(one.Name, StringComparison.Ordinal));
                Assert.That(setting, Is.Not.Null, $"'{failure}' names no variable: {shown}");
                Assert.That(
                    setting!.Secret && failure.Contains(Secret, StringComparison.OrdinalIgnoreCase), Is.False, $"'{failure}': {shown}");
            }

            return false;
        }
        catch (Exception other) when (other is not AssertionException)
        {
            Assert.Fail($"{other}: {shown}");
            return false;
        }
    }

    /// <summary>As a host does at its start, with all rules.</summary>
    private static object Bind(Type options, Dictionary<string, string?> environment)
    {
        var services = new ServiceCollection()
            .AddSingleton(new LocalMode(EmbedsRedis: true, EmbedsDatabase: false, RedisPort: 1))
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(environment).Build());
        typeof(SettingsBinder).GetMethod(nameof(SettingsBinder.AddSettings))!.MakeGenericMethod(options).Invoke(null, [services]);
        var rule = typeof(IValidateOptions<>).MakeGenericType(options);
        foreach (var type in typeof(SettingsBinder).Assembly.GetTypes().Where(rule.IsAssignableFrom))
        {
            services.AddSingleton(rule, type);
        }

        using var provider = services.BuildServiceProvider();
        return ((IOptions<object>)provider.GetRequiredService(typeof(IOptions<>).MakeGenericType(options))).Value;
    }

    // What is derived from a value that was taken must be there as well.
    private static void ReadAll(object options)
    {
        foreach (var property in options.GetType().GetProperties())
        {
            property.GetValue(options);
        }
    }
}
