using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>Refuses to start with a Redis setting that is missing or cannot be read.</summary>
internal sealed class RedisOptionsValidator(LocalMode local) : IValidateOptions<RedisOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisOptions options)
    {
        try
        {
            options.Queue(local, clientName: "check");
            options.Notices(local, clientName: "check");
            foreach (var queue in options.Servers().Keys)
            {
                options.OfQueue(queue)!.Queue(local, clientName: "check");
            }

            return ValidateOptionsResult.Success;
        }
        catch (InvalidSettingException error)
        {
            return ValidateOptionsResult.Fail(error.Message);
        }
    }
}

/// <summary>Registers the Redis settings.</summary>
internal static class RedisOptionsExtensions
{
    /// <summary>Adds <see cref="RedisOptions"/>, checked before the host starts.</summary>
    public static IServiceCollection AddRedisOptions(this IServiceCollection services, LocalMode local)
    {
        services.AddSettings<RedisOptions>();
        return services.AddSingleton<IValidateOptions<RedisOptions>>(new RedisOptionsValidator(local));
    }
}
