using System.Globalization;
using Dashtam.Jobs.Bench.Records;
using Dashtam.Jobs.Bench.Verbs;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Bench.Ours;

/// <summary>The worker as it is shipped, with the benchmark's jobs in place of those that need a database.</summary>
internal static class WorkerVerb
{
    /// <summary>Runs a worker on <see cref="RunBench"/> until SIGTERM.</summary>
    public static async Task<int> RunAsync(VerbArguments arguments)
    {
        using var recorder = new RunRecorder(arguments.Record);
        return await HostRunner.RunAsync(() => Build(arguments, [typeof(RunBench)], services => services
            .AddSingleton(recorder)
            .AddSingleton(new BenchSleep(TimeSpan.FromMilliseconds(arguments.SleepMs)))));
    }

    /// <summary>The worker's own host, with other jobs.</summary>
    public static WebApplication Build(VerbArguments arguments, Type[] jobs, Action<IServiceCollection> addWhatTheyNeed)
    {
        Settings.Set(arguments.Redis);
        Environment.SetEnvironmentVariable(
            "WORKER_CONCURRENCY", arguments.Concurrency.ToString(CultureInfo.InvariantCulture));
        Environment.SetEnvironmentVariable("WORKER_QUEUES", arguments.Queues);
        return WorkerHost.Build(services =>
        {
            services.WithJobs(jobs);
            addWhatTheyNeed(services);
        });
    }

    /// <summary>Replaces the catalogue of jobs.</summary>
    public static IServiceCollection WithJobs(this IServiceCollection services, Type[] jobs) =>
        services.Replace(ServiceDescriptor.Singleton(provider => new JobCatalog(
            jobs, provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<ILogger<JobCatalog>>())));
}
