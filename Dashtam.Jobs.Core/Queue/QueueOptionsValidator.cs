using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>
/// Refuses a prefix of results, or of Python's schedules, under which another key may fall: a task id and a schedule id are the
/// producer's choice, and a result or an entry with the right one would take the place of that key.
/// </summary>
internal sealed class QueueOptionsValidator : IValidateOptions<QueueOptions>
{
    /// <summary>Keys in the same Redis that are not the queue's: dashtam-api's notices, this service's notices, TaskIQ's schedules.</summary>
    private static readonly string[] OfOthers = ["sse:", "{sse}:", "schedule:"];

    public ValidateOptionsResult Validate(string? name, QueueOptions options)
    {
        if (string.IsNullOrEmpty(options.Name) || string.IsNullOrEmpty(options.ResultPrefix))
        {
            return ValidateOptionsResult.Skip; // said already
        }

        if (options is { TaskiqResults: { } wanted, OfBareKey: { } older } && wanted != older)
        {
            return ValidateOptionsResult.Fail(
                $"JOBS_TASKIQ_RESULTS: '{wanted}' is not allowed together with JOB_RESULT_BARE_KEY '{options.BareKey}', which means "
                + "something else; allowed is JOBS_TASKIQ_RESULTS alone.");
        }

        var tag = "{" + options.Name + "}";
        var results = options.ResultPrefix.Replace("{queue}", tag, StringComparison.Ordinal) + ":";
        if (KeyUnder(results, options.Name) is { } key)
        {
            return ValidateOptionsResult.Fail(
                $"JOB_RESULT_PREFIX: '{SettingText.Shown(options.ResultPrefix)}' is not allowed with this JOBS_QUEUE_NAME, because a "
                + $"result could take the place of the key '{SettingText.Shown(key)}'; allowed is a prefix under which no other key falls, for example "
                + "taskiq:result, or {queue}:result on Redis Cluster.");
        }

        return KeyUnderSchedules(options, results) is { } covered
            ? ValidateOptionsResult.Fail(
                $"JOBS_TASKIQ_SCHEDULES: '{SettingText.Shown(options.SchedulesPrefix)}' is not allowed, because its keys and "
                + $"'{SettingText.Shown(covered)}' could be the same; allowed is a prefix under which no other key falls, for example "
                + "schedule, or nothing at all.")
            : ValidateOptionsResult.Success;
    }

    /// <summary>A key that is no result and begins as results do; null: there is none.</summary>
    private static string? KeyUnder(string results, string queue) =>
        queue.StartsWith(results, StringComparison.Ordinal) ? queue
            : Array.Find(OfOthers, prefix => Overlap(results, prefix))
                ?? (AfterTag(results) is { } rest && OwnKeyUnder(rest) is { } own ? results[..^rest.Length] + own : null);

    /// <summary>A key that is no schedule entry and could be taken for one; null: there is none.</summary>
    private static string? KeyUnderSchedules(QueueOptions options, string results)
    {
        if (string.IsNullOrEmpty(options.SchedulesPrefix))
        {
            return null;
        }

        var schedules = options.SchedulesPrefix + ":";
        return options.Name.StartsWith(schedules, StringComparison.Ordinal) || options.Name == options.SchedulesPrefix ? options.Name
            : Overlap(schedules, "sse:") ? "sse:"
            : Overlap(schedules, results) ? results
            : null;
    }

    /// <summary>What stands behind a hash tag, of whichever queue: several may share a Redis.</summary>
    private static string? AfterTag(string results)
    {
        var end = results.IndexOf("}:", StringComparison.Ordinal);
        return results[0] == '{' && end > 0 ? results[(end + 2)..] : null;
    }

    private static string? OwnKeyUnder(string rest) =>
        KeyRule.Fixed.Keys.FirstOrDefault(key => key.StartsWith(rest, StringComparison.Ordinal))
            ?? KeyRule.ByPrefix.Keys.FirstOrDefault(prefix => Overlap(rest, prefix));

    private static bool Overlap(string one, string other) =>
        one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal);
}

/// <summary>Registers the queue's settings.</summary>
internal static class QueueOptionsExtensions
{
    /// <summary>Adds <see cref="QueueOptions"/>, checked before the host starts.</summary>
    public static IServiceCollection AddQueueOptions(this IServiceCollection services)
    {
        services.AddSettings<QueueOptions>();
        return services.AddSingleton<IValidateOptions<QueueOptions>, QueueOptionsValidator>();
    }
}
