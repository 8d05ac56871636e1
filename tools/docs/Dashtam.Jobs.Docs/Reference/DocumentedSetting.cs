using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Retries;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Infrastructure.DashtamApi;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Durable;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Core.Tasks.Diagnostics;

namespace Dashtam.Jobs.Docs.Reference;

/// <summary>A row of a table of settings.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Section">The table.</param>
/// <param name="ReadBy">Which programs read it: S, W, producers.</param>
/// <param name="Default">What holds when it is not set.</param>
/// <param name="Allowed">What is allowed.</param>
/// <param name="What">What it is for.</param>
/// <param name="IsSecret">Whether it may stand in a file.</param>
internal sealed record DocumentedSetting(
    string Name, string Section, string ReadBy, string Default, string Allowed, string What, bool IsSecret)
{
    /// <summary>The order of the tables, and of the options in each. Options that are not named here are those of jobs.</summary>
    private static readonly (string Section, Type[] Options)[] Sections =
    [
        ("connections", [typeof(RedisOptions), typeof(DatabaseOptions), typeof(DashtamApiOptions)]),
        ("queue", [typeof(QueueOptions), typeof(DurabilityOptions)]),
        ("worker", [typeof(WorkerOptions), typeof(LeaseOptions), typeof(TimeoutOptions), typeof(RetryOptions), typeof(CanaryOptions)]),
        ("process", [typeof(LoggingOptions), typeof(HttpOptions), typeof(WatchdogOptions)]),
    ];

    /// <summary>What a number counts, by how the variable's name ends.</summary>
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["SECONDS"] = " s",
        ["TTL"] = " s",
        ["MS"] = " ms",
        ["MINUTES"] = " min",
        ["HOURS"] = " h",
        ["DAYS"] = " days",
        ["BYTES"] = " bytes",
        ["PERCENT"] = " %",
    };

    /// <summary>Every setting of this service, in the order of the page.</summary>
    public static IReadOnlyList<DocumentedSetting> All()
    {
        var docs = XmlDocs.Of(typeof(SettingAttribute).Assembly);
        var named = Sections.SelectMany(section => section.Options).ToArray();
        var ofJobs = typeof(SettingAttribute).Assembly.GetTypes().Except(named).OrderBy(type => type.FullName, StringComparer.Ordinal);
        return
        [
            .. Sections.SelectMany(section => section.Options.SelectMany(options => Of(options, section.Section, docs))),
            .. Schedules(),
            .. ofJobs.SelectMany(options => Of(options, "jobs", docs)),
            new("JOBS_REDIS_PORT", "process", "S W", $"{LocalMode.DefaultRedisPort}", "1 to 65535",
                "Where a local run's embedded Redis listens; the same for scheduler and worker.", IsSecret: false),
            new(OwnVariables.EnvironmentName, "process", "S W", "`Production`", "`Production`, `Development`",
                "Development replaces what is not configured by something embedded. Under `dotnet run` the project's "
                + "`launchSettings.json` beats it: use `dotnet run --no-launch-profile`.", IsSecret: false),
        ];
    }

    private static IEnumerable<DocumentedSetting> Of(Type options, string section, XmlDocs docs) =>
        from property in options.GetProperties()
        let setting = property.GetCustomAttribute<SettingAttribute>()
        where setting is not null
        select new DocumentedSetting(
            setting.Name,
            section,
            Readers(setting.ReadBy),
            DefaultOf(property, setting, options),
            AllowedBy(property, setting),
            docs.Summary(property) + (setting.Secret ? " **Secret**" : ""),
            setting.Secret);

    private static IEnumerable<DocumentedSetting> Schedules() =>
        from job in typeof(JobAttribute).Assembly.GetTypes()
            .Select(type => type.GetCustomAttribute<JobAttribute>())
            .OfType<JobAttribute>()
            .Where(job => job.ScheduleSetting is not null)
            .OrderBy(job => job.ScheduleSetting, StringComparer.Ordinal)
        select new DocumentedSetting(
            job.ScheduleSetting!,
            "jobs",
            "S",
            $"`{job.Schedule}`",
            "a [cron](cron.md): five fields as Vixie has them (Sunday is 0 or 7), or Quartz' six or seven (Sunday is 1)",
            $"When `{job.Name}` fires, in {job.TimeZone}.",
            IsSecret: false);

    private static string Readers(SettingReaders readers) => string.Join(' ',
        new[] { (SettingReaders.Scheduler, "S"), (SettingReaders.Worker, "W"), (SettingReaders.Producers, "producers") }
            .Where(reader => readers.HasFlag(reader.Item1))
            .Select(reader => reader.Item2));

    private static string DefaultOf(PropertyInfo property, SettingAttribute setting, Type options) =>
        setting.Default ?? property.GetValue(Activator.CreateInstance(options)) switch
        {
            null or "" => "none",
            string text => $"`{text}`",
            Enum value => $"`{value}`".ToUpperInvariant(),
            bool value => value ? "true" : "false",
            var number => string.Create(CultureInfo.InvariantCulture, $"{number}"),
        };

    private static string AllowedBy(PropertyInfo property, SettingAttribute setting)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return property.GetCustomAttribute<RangeAttribute>() is { } range
                ? string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}{Units.GetValueOrDefault(setting.Name.Split('_')[^1])}")
            : setting.Allowed is null && type.IsEnum
                ? string.Join(", ", Enum.GetNames(type).Select(name => $"`{name.ToUpperInvariant()}`"))
            : SettingsBinder.Allowed(property, setting);
    }
}
