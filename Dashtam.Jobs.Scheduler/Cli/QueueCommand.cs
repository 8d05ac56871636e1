using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Scheduler.Cli;

/// <summary>The frame of every command: the scheduler's settings, its queue, and an error on one line when there is none.</summary>
/// <remarks>Nothing is logged: standard output belongs to what the command was asked for.</remarks>
internal static class QueueCommand
{
    /// <summary>Connects, runs and disconnects.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="queue">The queue's name; null: that of <c>JOBS_QUEUE_NAME</c>.</param>
    /// <param name="run">Is given what looks after the queue.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync<T>(
        IConfiguration configuration, string? queue, Func<T, Task<int>> run, CancellationToken cancellationToken)
    {
        try
        {
            using var host = Build(configuration);
            await host.StartAsync(cancellationToken);
            return await run(Of<T>(host.Services, queue));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await FailAsync("Interrupted; what had been done stays done.");
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            return await FailAsync($"Redis ({Server(configuration, queue)}) cannot be reached or refused: {error.Message}");
        }
        catch (Exception error) when (StartupFailure.SettingProblem(error) is { Length: > 0 } problem)
        {
            return await FailAsync(problem);
        }
    }

    private static T Of<T>(IServiceProvider services, string? name)
    {
        var queue = services.GetRequiredService<IQueues>().OrDefault(name);
        var options = services.GetRequiredService<IOptions<QueueOptions>>().Value;
        return ActivatorUtilities.CreateInstance<T>(
            services, queue.Connections, queue.Keys, queue.Registry, Options.Create(options.Named(queue.Name)));
    }

    private static string Server(IConfiguration configuration, string? queue) =>
        queue is not null && new RedisOptions { QueueUrls = SecretFile.Read("JOBS_QUEUE_URLS", configuration) }.Servers().ContainsKey(queue)
            ? "JOBS_QUEUE_URLS"
            : "REDIS_URL";

    private static IHost Build(IConfiguration configuration)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings
        {
            DisableDefaults = true,
            EnvironmentName = OwnVariables.ChosenEnvironment(),
        });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(configuration);

        var local = LocalMode.From(builder.Environment, builder.Configuration);
        builder.Services.AddQueueRedis(local);
        builder.Services.AddSettings<LeaseOptions>();
        return builder.Build();
    }

    private static async Task<int> FailAsync(string problem)
    {
        await Console.Error.WriteLineAsync(problem);
        return ExitCodes.CouldNotRun;
    }
}
