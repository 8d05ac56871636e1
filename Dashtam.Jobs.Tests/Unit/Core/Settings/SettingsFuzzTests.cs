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
[Category("Exhaustive")] // thousands of cases: make check leaves them to make test-unit and to CI
[Parallelizable(ParallelScope.All)]
internal sealed class SettingsFuzzTests
{
    private const int ValuesPerSetting = 1_000;
    private const string Secret = "hunter2";

    /// <summary>What values are made of.</summary>
    private static readonly string[] Pieces =
    [
        Secret, $"redis://u:{Secret}@host:6379/0", $"host:6379,password={Secret}",
        $"postgresql://u:{Secret}@host:5432/db", $"Host=host;Database=db;Password={Secret}",
        $"{Secret}-{Secret}-{Secret}-{Secret}-{Secret}", "https://api.example.com", Secret, "redis://", "rediss://",
        "redis+sentinel://", "rediss+sentinel://", "postgresql://", "postgres+x://", "http://", "https://", "://",
        "host", "127.0.0.1", "[::1]", "[", "6379", ":", "@", ",", "/", "?", "=", "#", "&", ";", "%", "%00", "%zz",
        "%2f", "'", "\"", "\\", " ", "\t", "\n", "{", "}", "{queue}", "-", "+", ".", "0", "1", "-1", "20", "5000",
        "0.5", "1e400", "NaN", "Infinity", "0x10", "1_000", "99999999999999999999", "\u0663", "\ufffd", "é",
        "\U0001f600", "true", "FALSE", "yes", "INFO", "debug", "JSON", "none", "MEMORY", "FSYNCED", "REPLICATED:",
        "* * * * *", "password=", "user=", "ssl=true", "serviceName=", "abortConnect=", "defaultDatabase=", "proxy=",
        "channelPrefix=", "Host=", "Database=", "Username=", "Password=", "Port=", "SSL Mode=", "Timeout=", "?db=",
        "?ssl_ca_certs=", "?sentinel_user=", "?sslmode=", "?connect_timeout=", "?application_name=", "/etc/hostname",
        "/proc/self/mem", "/", "/nowhere",
    ];

    /// <summary>The rules that span settings, or need more than an annotation.</summary>
    private static readonly Type[] Rules = Array.FindAll(
        typeof(SettingsBinder).Assembly.GetTypes(),
        type => type is { IsClass: true, IsAbstract: false } && Array.Exists(
            type.GetInterfaces(),
            one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IValidateOptions<>)));

    public static IEnumerable<Type> OptionClasses =>
        new[] { typeof(SettingsBinder), typeof(WorkerServices), typeof(SchedulerServices) }
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => Settings(type).Any());

    [TestCaseSource(nameof(OptionClasses))]
    public void Any_value_is_taken_or_refused_by_name_and_no_secret_is_shown(Type options)
    {
        var random = new Random(20261124);
        var settings = Settings(options).ToArray();
        var (taken, tried) = (0, ValuesPerSetting * settings.Length);
        var problems = new List<string>();

        for (var i = 0; i < tried; i++)
        {
            var environment = Array.FindAll(settings, one => one == settings[i % settings.Length] || random.Next(4) == 0)
                .ToDictionary(setting => setting.Name, _ => (string?)Value(random), StringComparer.Ordinal);
            var found = Problem(options, environment, settings, out var wasTaken);
            taken += wasTaken ? 1 : 0;
            problems.AddRange(found is null ? [] : [$"{found}, of {string.Join(", ", environment)}"]);
        }

        Assert.That(problems, Is.Empty);
        Assert.That(taken, Is.Positive.And.LessThan(tried), "both ends must be reached");
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

    private static string? Problem(
        Type options, Dictionary<string, string?> environment, SettingAttribute[] settings, out bool wasTaken)
    {
        wasTaken = false;
        try
        {
            ReadAll(Bind(options, environment));
            wasTaken = true;
            return null;
        }
        catch (OptionsValidationException refusal)
        {
            return refusal.Failures.Select(failure => Problem(failure, settings)).FirstOrDefault(problem => problem is not null);
        }
        catch (Exception other)
        {
            return $"{other}";
        }
    }

    private static string? Problem(string failure, SettingAttribute[] settings)
    {
        var setting = Array.Find(settings, one => failure.StartsWith($"{one.Name}:", StringComparison.Ordinal));
        return setting is null ? $"names no variable: {failure}"
            : setting.Secret && failure.Contains(Secret, StringComparison.OrdinalIgnoreCase) ? $"shows a secret: {failure}"
            : null;
    }

    /// <summary>As a host does at its start, with all rules.</summary>
    private static object Bind(Type options, Dictionary<string, string?> environment)
    {
        var services = new ServiceCollection()
            .AddSingleton(new LocalMode(EmbedsRedis: true, EmbedsDatabase: false, RedisPort: 1))
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(environment).Build());
        typeof(SettingsBinder).GetMethod(nameof(SettingsBinder.AddSettings))!.MakeGenericMethod(options).Invoke(null, [services]);
        var rule = typeof(IValidateOptions<>).MakeGenericType(options);
        foreach (var type in Rules.Where(rule.IsAssignableFrom))
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
