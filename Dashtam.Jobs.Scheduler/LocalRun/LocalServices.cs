using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Scheduler.LocalRun;

/// <summary>Registers what a local run embeds.</summary>
internal static class LocalServices
{
    /// <exception cref="InvalidSettingException">A Release build has nothing to embed.</exception>
    public static IServiceCollection AddLocalRun(this IServiceCollection services, LocalMode local)
    {
        if (local.EmbedsDatabase)
        {
            services.AddHostedService<SampleRows>();
        }

        if (local.EmbedsRedis)
        {
#if EMBEDDED_REDIS
            services.AddHostedService<EmbeddedRedis>();
#else
            throw new InvalidSettingException(
                "REDIS_URL", "is required: this is a Release build, which embeds no Redis; a Debug build does");
#endif
        }

        return services;
    }
}
