using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue.HandOver;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Scheduler.Cli;

/// <summary>The frame of every command: the scheduler's settings, its queue, and an error on one line when there is none.</summary>
/// <remarks>Nothing is logged: standard output belongs to what the command was asked for.</remarks>
internal static class QueueCommand
{
    /// <summary>Connects, runs and disconnects.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        IConfiguration configuration, Func<IServiceProvider, Task<int>> run, CancellationToken cancellationToken)
    {
        try
        {
            using var host = Build(configuration);
            await host.StartAsync(cancellationToken);
            return await run(host.Services);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await FailAsync("Interrupted; what had been done stays done.");
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            return await FailAsync($"Redis (REDIS_URL) cannot be reached or refused: {error.Message}");
        }
        catch (Exception error) when (StartupFailure.SettingProblem(error) is { Length: > 0 } problem)
        {
            return await FailAsync(problem);
        }
    }

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
        builder.Services.AddHandOver();
        return builder.Build();
    }

    private static async Task<int> FailAsync(string problem)
    {
        await Console.Error.WriteLineAsync(problem);
        return ExitCodes.CouldNotRun;
    }
}
