using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Infrastructure.DashtamApi;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Settings;

/// <summary>
/// A password with whatever character in it, written into every form of every setting that may hold one: taken or refused, no
/// part of it is in an error, in an options object's text, or in what is logged of a server.
/// </summary>
[Category("Unit")]
internal sealed class SecretsInErrorsTests
{
    private const string Secret = "Zq7Xw9KpVj";
    private const int Part = 4;

    private static readonly string[] Insertions =
        ["", "@", ",", "/", "?", "#", ":", " ", "%", "%40", "=", ";", "&", "'", "\"", "\\", "$", "!", "\n", "\0", ",x=", "://", "/0@", "?db="];

    public static readonly string[] Forms =
    [
        "REDIS_URL=redis://user:{0}@host:6379/0", "REDIS_URL=redis://:{0}@one:1,two:2/0", "REDIS_URL=rediss://u:{0}@host?ssl_ca_certs=/nowhere",
        "REDIS_URL=redis+sentinel://u:{0}@one,two/main/0", "REDIS_URL=redis+sentinel://u:p@one/main?sentinel_password={0}",
        "REDIS_URL=unix://u:{0}@/run/r.sock", "REDIS_URL=host:6379,password={0}", "REDIS_URL=127.0.0.1:7299,password=abc,{0}",
        "REDIS_URL=host,user=u,password={0},ssl=false", "REDIS_URL=host,sentinelPassword={0},serviceName=main", "REDIS_URL=host,password={0},channelPrefix=a",
        "REDIS_URL=http://u:{0}@host", "REDIS_URL=redis://host/{0}", "REDIS_URL=host,{0}=1",
        "SSE_REDIS_URL=redis://user:{0}@host:6379/x", "REDIS_TLS_CA_FILE=rediss://user:{0}@host",
        "DATABASE_URL=postgresql://user:{0}@host:5432/db", "DATABASE_URL=postgresql+asyncpg://user:{0}@host/db?sslmode=x",
        "DATABASE_URL=Host=host;Database=db;Username=u;Password={0}", "DATABASE_URL=Host=host;Database=db;Password={0};Nonsense=1",
        "DATABASE_URL=Host=host;Database=db;Timeout=x;Password={0}", "DATABASE_URL=mysql://user:{0}@host/db",
        "DASHTAM_API_URL=https://user:{0}@api.example.com", "DASHTAM_API_URL=https//user:{0}/api", "DASHTAM_API_URL=user:{0}",
        "DASHTAM_API_SECRET_KEY={0}", "DATABASE_POOL_SIZE=postgresql://user:{0}@host/db", "DASHTAM_API_RETRIES=password={0}",
    ];

    [TestCaseSource(nameof(Forms))]
    public void No_part_of_a_password_is_shown(string form)
    {
        foreach (var insertion in Insertions)
        {
            foreach (var at in new[] { 0, 2, Part, 6, Secret.Length })
            {
                var password = Secret.Insert(at, insertion);
                var (name, value) = (form[..form.IndexOf('=', StringComparison.Ordinal)], form[(form.IndexOf('=', StringComparison.Ordinal) + 1)..]);
                AssertHidden(Said(name, value.Replace("{0}", password, StringComparison.Ordinal)), $"{form} with '{password}'");
            }
        }
    }

    [Test]
    public void A_secret_in_a_file_is_not_shown_either()
    {
        var file = Path.GetTempFileName();
        try
        {
            foreach (var form in Forms.Where(form => form.StartsWith("REDIS_URL=", StringComparison.Ordinal)))
            {
                File.WriteAllText(file, form["REDIS_URL=".Length..].Replace("{0}", Secret, StringComparison.Ordinal));
                AssertHidden(Said("REDIS_URL_FILE", file), form);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void AssertHidden(string said, string what)
    {
        for (var at = 0; at + Part <= Secret.Length; at++)
        {
            Assert.That(said, Does.Not.Contain(Secret.Substring(at, Part)), what);
        }
    }

    /// <summary>All that a process would say of a setting: why it is refused, or what is logged of what was taken.</summary>
    private static string Said(string name, string value)
    {
        var local = new LocalMode(EmbedsRedis: true, EmbedsDatabase: false, RedisPort: 1);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["DATABASE_URL"] = "Host=h;Database=d",
                [name] = value,
            })
            .Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddSingleton(local).AddRedisOptions(local);
        services.AddSettings<DatabaseOptions>();
        services.AddSingleton<IValidateOptions<DatabaseOptions>, DatabaseOptionsValidator>();
        services.AddSettings<DashtamApiOptions>();
        services.AddSingleton<IValidateOptions<DashtamApiOptions>, DashtamApiOptionsValidator>();
        using var provider = services.BuildServiceProvider();
        return Said(provider, local);
    }

    private static string Said(ServiceProvider provider, LocalMode local)
    {
        try
        {
            var redis = provider.GetRequiredService<IOptions<RedisOptions>>().Value;
            var queue = redis.Queue(local, "name");
            var notices = redis.Notices(local, "name");
            var database = provider.GetRequiredService<IOptions<DatabaseOptions>>().Value;
            var server = database.Server();
            var api = provider.GetRequiredService<IOptions<DashtamApiOptions>>().Value;
            return string.Join('\n', [
                $"{api.Url}", .. queue.EndPoints.Select(host => $"{host}"),
                .. notices.EndPoints.Select(host => $"{host}"), $"{queue.ServiceName} {queue.ClientName}", $"{server.Host} {server.Database}",
            ]);
        }
        catch (OptionsValidationException refusal)
        {
            return $"{refusal}";
        }
    }
}
