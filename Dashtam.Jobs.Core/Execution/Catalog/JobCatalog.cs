using System.Reflection;
using System.Text.RegularExpressions;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Core.Execution.Catalog;

/// <summary>The jobs of this process: every class with a <see cref="JobAttribute"/>, found by reflection once, at start.</summary>
internal sealed partial class JobCatalog
{
    /// <summary>What a Python producer's name begins with: <c>dashtam_jobs.tasks.tokens:check_expiring_tokens</c>.</summary>
    private const string PythonModules = "dashtam_jobs.tasks.";

    private const int LongestMisspelling = 100;

    private readonly Dictionary<string, JobDescriptor> _jobs = new(StringComparer.Ordinal);

    private readonly Dictionary<string, JobDescriptor> _jobsByPythonName = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">Two jobs share a name, or a declaration makes no sense.</exception>
    public JobCatalog(IConfiguration configuration, ILogger<JobCatalog> logger)
        : this(typeof(JobCatalog).Assembly.GetTypes(), configuration, logger)
    {
    }

    internal JobCatalog(IEnumerable<Type> types, IConfiguration configuration, ILogger<JobCatalog> logger)
    {
        foreach (var type in types)
        {
            if (type.GetCustomAttribute<JobAttribute>() is not { } declaration)
            {
                continue;
            }

            Check(declaration, type);
            var missing = type.GetCustomAttribute<RequiresSettingsAttribute>()?.Names
                .Where(name => !SecretFile.IsSet(name, configuration)).ToArray() ?? [];
            if (missing.Length > 0)
            {
                LogNotOffered(logger, declaration.Name, string.Join(", ", missing));
                continue;
            }

            var job = new JobDescriptor(declaration, type) { Invoke = JobInvoker.For(type) };
            Add(_jobs, job.Name, job);
            if (declaration.PythonName is { } pythonName)
            {
                Add(_jobsByPythonName, pythonName, job);
            }
        }

        CheckPythonNames();
        Schedules = [.. Scheduled(configuration)];
    }

    /// <summary>All jobs that are offered, by name.</summary>
    public IReadOnlyCollection<JobDescriptor> Jobs => _jobs.Values;

    /// <summary>The schedules of the jobs that declare one.</summary>
    public IReadOnlyList<JobSchedule> Schedules { get; }

    /// <summary>Finds a job by its own name or by the Python one; null: nobody here knows it.</summary>
    public JobDescriptor? Find(string taskName) =>
        _jobsByPythonName.GetValueOrDefault(taskName) ?? _jobs.GetValueOrDefault(FunctionIn(taskName));

    /// <summary>The job that was probably meant by a name that nobody here knows, by its own name; null: none is like it.</summary>
    public string? Nearest(string taskName)
    {
        var name = taskName[(taskName.LastIndexOf(':') + 1)..].ToLowerInvariant();
        if (name.Length > LongestMisspelling)
        {
            return null; // a name is as long as its producer likes
        }

        return EditDistance.Nearest(_jobs.Keys.Order(StringComparer.Ordinal), name) is var (nearest, distance) && distance <= nearest.Length / 3
            ? nearest
            : null;
    }

    /// <summary>A job's own name within a name as the Python service makes it; any other name as it is.</summary>
    internal static string FunctionIn(string taskName) => taskName.StartsWith(PythonModules, StringComparison.Ordinal)
        ? taskName[(taskName.IndexOf(':', StringComparison.Ordinal) + 1)..]
        : taskName;

    private static void Add(Dictionary<string, JobDescriptor> jobs, string name, JobDescriptor job)
    {
        if (!jobs.TryAdd(name, job))
        {
            throw new InvalidOperationException($"Two jobs are named '{name}': {jobs[name].HandlerType} and {job.HandlerType}.");
        }
    }

    /// <summary>A worker of before <see cref="JobAttribute.PythonName"/> takes the function for the job's own name.</summary>
    private void CheckPythonNames()
    {
        foreach (var (name, job) in _jobsByPythonName)
        {
            if (_jobs.GetValueOrDefault(FunctionIn(name)) is { } other && other != job)
            {
                throw new InvalidOperationException(
                    $"'{name}' names two jobs: {job.HandlerType}, which declares it as its PythonName, and {other.HandlerType}, "
                    + $"which is named '{other.Name}'.");
            }
        }
    }

    private static void Check(JobAttribute declaration, Type type)
    {
        var problem = !VerbNoun().IsMatch(declaration.Name) ? "its name is not verb_noun in lower case"
            : declaration.PythonName is { } name && !ModuleFunction().IsMatch(name)
                ? $"its PythonName '{name}' is not module:function, for example {PythonModules}tokens:{declaration.Name}"
            : declaration.MaxRetries < 1 ? "MaxRetries counts runs in all and must be at least 1"
            : declaration.TimeoutSeconds is not (> 0 and <= 86_400) ? "TimeoutSeconds must be above 0 and at most 86400"
            : declaration.CatchUpLimit is < 1 or > 1_000 ? "CatchUpLimit must be from 1 to 1000"
            : declaration.Queue is { } queue && !QueueName.IsAllowed(queue)
                ? $"no queue may be called '{SettingText.Shown(queue)}'; allowed is {QueueName.Rule}"
            : declaration is { Queue: not null, Schedule: null } ? "Queue says where its schedule fires, and there is no Schedule"
            : declaration is { ScheduleSetting: not null, Schedule: null } ? "ScheduleSetting needs a Schedule as its default"
            : null;
        if (problem is not null)
        {
            throw new InvalidOperationException($"Job '{declaration.Name}' ({type}): {problem}.");
        }
    }

    private IEnumerable<JobSchedule> Scheduled(IConfiguration configuration)
    {
        foreach (var job in _jobs.Values.Select(job => job.Declaration).Where(job => job.Schedule is not null))
        {
            var fromSetting = job.ScheduleSetting is { } setting ? configuration[setting] : null;
            var cron = string.IsNullOrWhiteSpace(fromSetting) ? job.Schedule! : fromSetting.Trim();
            yield return new JobSchedule(job.Name, job.Name, cron, job.TimeZone, job.ScheduleSetting)
            {
                CatchUp = job.CatchUp,
                CatchUpLimit = job.CatchUpLimit,
                Overlap = job.Overlap,
                Queue = job.Queue,
            };
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex VerbNoun();

    [GeneratedRegex(@"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ModuleFunction();

    [LoggerMessage(EventName = "job_not_offered", Level = LogLevel.Warning,
        Message = "Job {Job} does not run here, because these settings are not set: {MissingSettings}. Set them and "
            + "restart to run the job")]
    private static partial void LogNotOffered(ILogger logger, string job, string missingSettings);
}
