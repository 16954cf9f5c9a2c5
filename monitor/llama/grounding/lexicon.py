"""The words people use, English and French: all word lists of the grounding stand here and nowhere else.

A concept is one meaning with its words in both languages, so that a question in one finds what is described in the
other. A word may have several. Words are folded and stemmed when they are read: no plurals, and accents as you like.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Topic:
    """Something of a machine that is asked for, and measured only where a probe has a field for it.

    names   what it is called in an answer, by language
    nearest the concepts of what comes nearest among the built-in probes' fields
    """

    names: Mapping[str, str]
    nearest: tuple[str, ...]


#: What something is about it: these need a subject beside them.
ASPECTS: Final[Mapping[str, tuple[str, str]]] = {
    "used": (
        """
            used, use, using, in use, usage, utilization, utilisation, utilized, occupied, taken, take, taking, takes
            up, consumed, consume, consuming, consumption, eaten, eat, eating, gone, filled, hogged, hogging, holding,
            burning, burn, gobbling, chewing, sucking, spent, footprint, allocated, committed, full up, unavailable,
            claim for, claims for, hungry, greedy, gobble, gobbles, devour, devouring, devours, thirsty, burden, heavy
            on, hard on, light on, costs, weigh, weighs
        """,
        """
            indisponible, gourmand, gourmande, goulu, goulue, vorace, devore, engloutit, avale, utilise, utilisee,
            utiliser, utilisation, utilisons, usage, occupe, occupee, occupation, consomme,
            consommee, consommation, conso, pris, prise, prend, bouffe, bouffee, mange, mangee, employe, alloue,
            rempli, pese, servi, sert, consommes, utilises, prends, occupes, bouffes, manges, consommez, utilisez,
            prenez, occupez, pompe, pompes
        """,
    ),
    "free": (
        """
            free, available, availability, avail, left, left over, remaining, remain, remains, spare, unused, how
            much more, much more, headroom, leftover, could i still, can i still, can we still, could we still,
            still use, still write, still be used, could get, can get, could still get, can still get, programs
            get, still have, still got, i still have, we still have, do i still have, do we still have, empty,
            vacant, unallocated, to spare, enough, sufficient, run out, running out, ran out, running low, low,
            run short, running short, short of, short on, lacking, lack, leave, untouched, insufficient
        """,
        """
            libre, disponible, dispo, disponibilite, reste, restant, restante, restent, rester, inutilise,
            inutilisee, vide, encore de, encore du, encore de la, encore assez, assez, suffisamment, suffisant,
            suffit, manque, manquer, manquons, a court, court de, non utilise, pas utilise, marge, de cote,
            insuffisant, bientot plus, presque plus
        """,
    ),
    "share": (
        """
            percent, percentage, percents, %, pct, share, fraction, proportion, ratio, full, fullness, fill, how
            full, filled, saturated, saturation, pressure, per cent, filling
        """,
        """
            pourcentage, pourcent, pour cent, part, proportion, taux, plein, pleine, rempli, remplie, remplissage,
            sature, saturee, saturation, pression, ratio
        """,
    ),
    "total": (
        """
            total, size, capacity, installed, overall, how big, how large, big, large, physical, equipped,
            altogether, in all, fitted, maximum amount, entire, whole, built in, come with, comes with, came with,
            shipped with, altogether
        """,
        """
            total, totale, taille, capacite, fait, faisons, installe, installee, au total, en tout, physique,
            equipe, equipee, grand, grande, gros, grosse, entier, entiere, complet, embarque, embarquee, dotee,
            dote, monte en
        """,
    ),
    "load": (
        """
            load, loaded, busy, busyness, busier, busiest, working hard, work hard, hard at work, hard, activity,
            active, overloaded, overload, strain, stressed, stress, struggling, pegged, maxed, maxed out, swamped,
            overworked, hammered, idle, idling, quiet, utilization, sweating, choking, slammed, slow, sluggish, bored,
            workload, under load, saturated, laggy, lagging, crunching, working, bogged, relaxed, chill, churning,
            chugging, cranking, grinding, toiling, slogging, labouring, laboring, crawling, dozing, asleep, snoozing,
            breaking a sweat, break a sweat, twiddling its thumbs, wheezing, panting, taxed, overtaxed, chilling,
            intensive, pinned, flat out, hammering, sleeping, idlest, quietest, throughput, doing, gasping, gasp, out
            of breath, suffocating, drowning, breathing, on its knees, on fire, going nuts, goin nuts, going crazy,
            going mad, haywire, out of steam, slowdown
        """,
        """
            charge, chargee, charger, surcharge, surchargee, occupe, occupee, sollicite, sollicitee, activite, actif,
            active, bosse, bosser, travaille, travailler, rame, ramer, a fond, a bloc, au taquet, deborde, sature,
            debordee, lent, lente, tranquille, inactif, inactive, au repos, stresse, galere, a genoux, mouline,
            mouliner, turbine, ca dort, elle dort, il dort, ca ronfle, ronronne, charbonne, trime, bourrine, tire la
            langue, en bave, en chie, essouffle, transpire, carbure, ca patine, il patine, elle patine, roupille,
            tourne les pouces, roule les pouces, surregime, plein regime, a la peine, a la traine, se repose, peine,
            souffre, sollicitation, chomage, oisif, tourne a fond, sous l'eau, a la ramasse, force, glande, rien faire,
            suffoque, souffle, a bout de souffle, asphyxie, asphyxiee, noye, noyee, se noie, agonise, a l'agonie,
            respire, du monde sur, au ralenti, ralenti, ralentit, lenteur, crache ses poumons
        """,
    ),
    "room": ("room, space, place, diskspace", "place, espace"),
    "have": (
        """
            do we have, do i have, do you have, does it have, machine have, server have, box have, computer have,
            system have, pc have, have we, have i, have got, have we got, there is, is there, are there, machine
            has, server has, possess, possesses, contain, we have, i have, it has, it have, host have, laptop
            have, we got, i got, you got, this got, there in total, there altogether
        """,
        """
            a t on, a t il, y a t il, y a, t as, as combien, avons, avez, possede, possedons, dispose, disposons,
            contient, machine a, serveur a, ordinateur a, pc a, on a, j ai, a cette machine, a ce serveur, a la
            machine, a le serveur, a mon pc, il y a, t on de, a ce pc, as tu, ai je, a cet ordinateur, tu as, vous
            avez, elle a
        """,
    ),
    "count": (
        "how many, number of, count, amount of",
        """
            combien y a t il de, combien y a t il d, combien a t on de, combien avons nous de, combien avez vous de,
            combien as tu de, combien a t elle de, combien a t il de, combien on a de, combien il y a de, combien j ai
            de, combien tu as de, combien compte t on de, combien elle a de, combien il a de, combien de, combien d,
            nb, nb de, nombre, nombre de, quantite de
        """,
    ),
    "each": (
        """
            each, spread, distribution, distributed, per, every, individual, individually, by, apiece, breakdown,
            separate, separately, respective, single, one by one
        """,
        """
            repartition, reparti, chaque, par, chacun, chacune, individuel, individuellement, un par un, detail,
            separement
        """,
    ),
    "speed": (
        "speed, fast, how fast, quick, quickly, faster, velocity, how quick, how quickly",
        "vitesse, rapide, vite, rapidite, rapidement",
    ),
}

#: Those that say little.
FAINT: Final = {"room": 0.7, "have": 0.45, "count": 0.5, "each": 0.7, "machine": 0.3, "speed": 0.9, "data": 0.4}

#: What there is on any machine, or is often measured.
SUBJECTS: Final[Mapping[str, tuple[str, str]]] = {
    "cpu": (
        """
            cpu, processor, proc, central processing unit, chip, compute, computing power, computational power,
            cpus, processing power, microprocessor, number crunching
        """,
        """
            cpu, processeur, proc, puce, unite centrale, puissance de calcul, micro processeur, microprocesseur,
            calcul
        """,
    ),
    "core": (
        "core, processing core, cpu core, processor core, logical processor, vcpu, virtual cpu, hyperthread",
        "coeur, processeur logique, vcpu, coeur logique",
    ),
    "memory": (
        "memory, ram, mem, random access memory, main memory, physical memory",
        "memoire, ram, memoire vive, mem, memoire physique",
    ),
    "disk": (
        """
            disk, disc, drive, storage, hard drive, hard disk, hdd, ssd, nvme, filesystem, file system, hard disc,
            root partition, partition, disk drive, diskspace
        """,
        "disque, stockage, disque dur, dd, ssd, hdd, systeme de fichier, partition, partition racine",
    ),
    "network": (
        """
            network, connection, net, network connection, internet connection, internet, traffic, bandwidth,
            ethernet, nic, transferred, transfer, transferring, transmission, wire, network card, network
            activity, online, network interface, web traffic
        """,
        """
            reseau, connexion reseau, transite, transit, trafic, bande passante, internet, ethernet, debit, carte
            reseau, transfere, transfert, transferee, echange, echangee, connexion, connexion internet
        """,
    ),
    "sent": (
        """
            sent, data out, traffic out, bytes out, send, sending, upload, uploaded, uploading, up link, uplink,
            outgoing, outbound, egress, tx, transmit, transmitted, transmitting, emitted, pushed out, gone out,
            going out, go out, goes out, upstream, leaving, went out, left this machine, pushed
        """,
        """
            envoye, envoyee, envoie, envoyer, envoyons, emis, emise, sortant, sortante, montant, upload, uploade,
            emission, televerse, transmis, transmise, emet, sorti, sortie, uploader, voie montante, envoi
        """,
    ),
    "recv": (
        """
            received, data in, traffic in, bytes in, receive, receiving, download, downloaded, downloading,
            downlink, incoming, inbound, ingress, rx, fetched, come in, came in, coming in, pulled, downstream,
            arriving, arrived, pulled in, pulling, reception
        """,
        """
            recu, recue, recoit, recevoir, recevons, telecharge, telechargee, telecharger, telechargement,
            entrant, entrante, descendant, download, reception, downloade, arrivee, voie descendante
        """,
    ),
    "data": (
        "data, byte, octet, megabyte, gigabyte, amount of data, volume of data",
        "donnee, octet, donnees, volume de donnee, quantite de donnee",
    ),
    "frequency": (
        """
            frequency, clock, clocked, clock speed, clock rate, mhz, ghz, hertz, megahertz, gigahertz, clockspeed,
            freq
        """,
        "frequence, cadence, cadencee, horloge, mhz, ghz, hertz, megahertz, gigahertz, freq",
    ),
    "resident": ("rss, resident, resident set", "rss, residente, memoire residente"),
    "machine": (
        """
            machine, computer, pc, server, box, host, laptop, desktop, node, workstation, system, vm, instance,
            device, rig, hardware, mainframe
        """,
        """
            machine, ordinateur, ordi, serveur, pc, becane, hote, systeme, portable, poste, noeud, bestiole,
            materiel
        """,
    ),
    "self": (
        """
            monitor, yours, yourself, itself, monitor itself, monitoring, monitoring tool, this program, this app,
            this process, this application, this tool, this service, this software, server process, monitor
            process, your own, its own, your process, your footprint, monitoring process, own process, monitoring
            server, monitoring agent, monitoring program, server program, self, monitoring service, monitoring
            software, this agent, server itself, your memory, your ram, your cpu, monitoring daemon, this daemon,
            this very program, dashboard, your resident, your rss, this monitor, python process behind this, the
            agent, the daemon, server application
        """,
        """
            moniteur, toi meme, lui meme, vous meme, elle meme, moniteur lui meme, ce programme, cette appli, ce
            processus, cette application, cet outil, ce logiciel, ce process, ta memoire, ta ram, ton cpu, ta
            propre, ton propre, votre memoire, votre ram, votre cpu, votre propre, ta conso, ta consommation,
            votre consommation, processus serveur, processus du serveur, process du serveur, monitoring, outil de
            surveillance, outil de monitoring, serveur lui meme, supervision, propre memoire, propre processus,
            propre consommation, propre cpu, ce moniteur, ton processus, ton empreinte, ta charge, ton process,
            votre processus, propre conso, programme de surveillance, logiciel de surveillance, programme de
            supervision, logiciel de supervision, serveur de surveillance, serveur de monitoring, ce service, ce
            demon, tableau de bord, perso
        """,
    ),
    "height": ("height, high", "hauteur, haut, haute"),
    "tide": ("tide, tidal", "maree"),
    "level": ("level", "niveau"),
    "depth": ("depth, deep", "profondeur, profond"),
    "weight": ("weight, heavy", "poids, lourd"),
    "humidity": ("humidity, humid, moisture", "humidite, humide"),
    "pressure": ("air pressure, barometer", "pression atmospherique, barometre"),
    "wind": ("wind, windy", "vent"),
    "rain": ("rain, rainfall, rainy", "pluie, pluvieux"),
    "water": ("water", "eau"),
    "light": ("light, brightness, luminosity", "lumiere, luminosite"),
    "gauge": ("gauge", "jauge"),
    "queue": ("queue, backlog, queued", "file d'attente, queue"),
    "visitor": ("visitor, client, listener", "visiteur, client, auditeur"),
    "sensor": ("sensor, probe", "capteur, sonde"),
    "room_place": ("kitchen, living room, bedroom", "cuisine, salon, chambre"),
    "runtime": ("runtime, minutes left, time left", "temps restant"),
    "order": ("order", "commande"),
    "sale": ("sale, sold", "vente, vendu"),
}

#: What the built-in probes measure: where one is switched off, that is not measured either.
BUILT_IN: Final = frozenset({"cpu", "core", "memory", "disk", "network", "sent", "recv", "frequency"})

#: Of a machine, but of no built-in probe.
TOPICS: Final[Mapping[str, tuple[str, str, Topic]]] = {
    "temperature": (
        """
            temperature, temp, heat, hot, hotter, hottest, heating, warm, cool, cold, thermal, overheating,
            overheat, celsius, degree, fahrenheit, burning up, thermals, cooking, toasty
        """,
        """
            temperature, chaleur, chaud, chaude, chauffe, chauffer, surchauffe, froid, froide, thermique, degre,
            celsius, brulant, brulante, surchauffer, bouillant
        """,
        Topic({"en": "Temperature", "fr": "La température"}, ("cpu", "load")),
    ),
    "fan": (
        "fan, rpm, fan speed, cooler, cooling, noise, noisy, loud",
        """
            ventilateur, ventilo, rpm, ventilation, refroidissement, bruit, bruyant, bruyante, tours minute, tour
            par minute
        """,
        Topic({"en": "Fan speed", "fr": "La vitesse des ventilateurs"}, ("cpu", "load")),
    ),
    "gpu": (
        """
            gpu, graphics card, graphics, video card, vram, nvidia, cuda, graphic card, video memory, video ram,
            radeon, geforce, npu, tpu, graphics processor, graphics chip
        """,
        """
            gpu, carte graphique, carte video, vram, nvidia, cuda, memoire video, processeur graphique, puce
            graphique, radeon, geforce, npu, tpu
        """,
        Topic({"en": "The graphics card", "fr": "La carte graphique"}, ("cpu", "load")),
    ),
    "battery": (
        """
            battery, ups, plugged in, on mains, battery life, mains, charger, unplugged, battery level, battery
            charge, plugged, battery percentage, batteries
        """,
        """
            batterie, onduleur, autonomie, branche, sur secteur, secteur, chargeur, debranche, pile, ups, niveau
            de batterie, charge de la batterie, branchee
        """,
        Topic({"en": "The battery", "fr": "La batterie"}, ("cpu", "load")),
    ),
    "power": (
        """
            power, watt, wattage, electricity, power draw, power consumption, energy, kwh, voltage, volt, ampere,
            amp, power supply, psu, electrical, electric, current draw, joule, carbon, co2, power usage
        """,
        """
            watt, electricite, consommation electrique, energie, kwh, tension, volt, ampere, alimentation,
            energetique, electrique, courant, puissance electrique, joule, carbone, co2, puissance
        """,
        Topic({"en": "Electric power", "fr": "La puissance électrique"}, ("cpu", "load")),
    ),
    "latency": (
        "latency, how laggy, ping, lag, round trip, rtt, jitter, response time, delay, respond, response times",
        "latence, ping, gigue, temps de reponse, lag, aller retour, delai, temps de latence",
        Topic({"en": "Latency", "fr": "La latence"}, ("network",)),
    ),
    "packet": (
        """
            packet, packet loss, dropped, lost packet, retransmission, retransmit, collision, frames dropped,
            packets per second
        """,
        "paquet, perte de paquet, perdus, retransmission, paquet perdu",
        Topic({"en": "The number of packets", "fr": "Le nombre de paquets"}, ("network",)),
    ),
    "connection": (
        """
            open connection, active connection, socket, open port, port, tcp connection, tcp, udp, firewall, ssh,
            established, listening
        """,
        """
            port, socket, connexion ouverte, connexion tcp, connexion active, tcp, udp, pare feu, ssh, port
            ouvert, connexions ouvertes, connexions actives, connexions tcp, connexions en cours, nombre de
            connexions
        """,
        Topic({"en": "Connections and ports", "fr": "Les connexions et les ports"}, ("network",)),
    ),
    "wifi": (
        "wifi, wi fi, wireless, signal strength, ssid, signal, wlan, bluetooth, vpn, dns, gateway, router",
        "wifi, wi fi, sans fil, force du signal, ssid, signal, wlan, bluetooth, vpn, dns, passerelle, routeur",
        Topic({"en": "The wireless link", "fr": "La liaison sans fil"}, ("network",)),
    ),
    "address": (
        "ip, ip address, mac address, hostname, host name, address, domain name, ipv, public ip",
        "ip, adresse, adresse ip, adresse mac, nom d'hote, nom de la machine, nom de domaine, ipv, hostname",
        Topic({"en": "The address", "fr": "L'adresse"}, ("network",)),
    ),
    "user": (
        """
            user, logged in, logged on, login, who is on, session, logged into, who's on, people on this, account,
            people connected, who is connected, connected right now, connected people, people are on
        """,
        """
            utilisateur, connecte, connectee, session, un compte, de comptes, des comptes, les comptes, quel compte,
            compte utilisateur, personnes connectees, qui est connecte, qui est sur, login, usager, gens connectes,
            logue, logge
        """,
        Topic({"en": "Who is logged in", "fr": "Le nombre d'utilisateurs connectés"}, ("cpu", "load")),
    ),
    "uptime": (
        """
            uptime, been up, up time, reboot, rebooted, last reboot, boot time, been running, been on, turned on,
            started up, booted, restarted, last restart, up for, running for, booting, powered on, switched on,
            restart, last boot, machine start, server start, machine up, server up, box up, computer up, stay up,
            on for, computer on since
        """,
        """
            uptime, redemarre, redemarree, redemarrage, dernier demarrage, allume, allumee, en marche depuis, tourne
            depuis, temps de fonctionnement, demarre, demarree, duree de fonctionnement, fonctionne depuis, boote,
            rebooter, reboot, eteint, eteinte, dernier redemarrage, rebootee, reboote, heure de demarrage, depuis
            quand, depuis combien de temps
        """,
        Topic({"en": "Uptime", "fr": "La durée de fonctionnement"}, ("network",)),
    ),
    "swap": (
        "swap, swapped, swap space, swapfile, paging, pagefile, page file, swap file, page fault",
        """
            swap, echange disque, fichier d'echange, pagination, espace d'echange, partition d'echange, swappe,
            swapper
        """,
        Topic({"en": "Swap space", "fr": "L'espace d'échange (swap)"}, ("memory",)),
    ),
    "cache": (
        "cached, buffer, cache size, page cache, l1, l2, l3, cache, shared memory, slab, kernel memory",
        "cache, tampon, memoire cache, memoire partagee, buffer",
        Topic({"en": "The cache", "fr": "Le cache"}, ("memory",)),
    ),
    "loadavg": (
        """
            load average, load avg, loadavg, run queue, average load of one minute, system load average, context
            switch, interrupt
        """,
        """
            load average, charge moyenne du systeme, file d'execution, loadavg, changements de contexte,
            interruption
        """,
        Topic({"en": "The load average", "fr": "La charge moyenne (load average)"}, ("cpu", "load")),
    ),
    "program": (
        """
            process, program, app, application, software, container, docker, tab, browser, pid, daemon, who is
            using, task, who uses, who is eating, zombie, thread count, job, service, culprit, virtual machine,
            vms, pod, microservice, script, threads are running, running threads,
            threads running
        """,
        """
            processus, process, programme, appli, application, logiciel, conteneur, docker, onglet, navigateur,
            tache, pid, qui consomme, qui utilise, qui bouffe, qui mange, qui prend, qui occupe, zombie, demon,
            service, job, coupable, machine virtuelle, qui pompe, qui sature, script, machines virtuelles
        """,
        Topic({"en": "What a single program uses", "fr": "Ce qu'un programme en particulier consomme"}, ("memory",)),
    ),
    "disk_io": (
        """
            iops, i / o, i o, io, disk io, disk activity, writing to disk, read speed, write speed, disk read,
            disk write, reads, writes, disk throughput, disk speed, io wait, iowait, disk busy, written to disk,
            read from disk, disk latency, seek, disk bandwidth, writes per second, reads per second, write rate,
            read rate, written, being written, writing, reading, read write
        """,
        """
            iops, entrees sorties, entrees / sorties, e / s, e s, lecture, ecriture, vitesse du disque, debit
            disque, debit du disque, es disque, lectures, ecritures, ecrit sur le disque, lit sur le disque,
            activite disque, activite du disque, ecrites, lues
        """,
        Topic({"en": "Reading and writing of the disk", "fr": "L'activité du disque (lectures, écritures)"}, ("disk",)),
    ),
    "health": (
        """
            smart, die, dying, fail soon, smart status, disk healthy, ssd healthy, drive healthy, disk health,
            wear, bad sector, lifespan, failing, defect, fragmentation, fragmented, broken, health of the disk,
            health of the ssd, drive health, ecc, raid, defective, disk die, corrupted, faulty
        """,
        """
            usure, mourir, lacher, disque sain, disque en bonne sante, disque est sain, disque en sante, secteur
            defectueux, sante du disque, duree de vie, defaillant, fragmentation, fragmente, etat smart, panne,
            sante du ssd, raid, defectueux, abime, corrompu, smart
        """,
        Topic({"en": "The health of the hardware", "fr": "L'état de santé du matériel"}, ("disk",)),
    ),
    "inode": (
        """
            inode, number of files, how many files, file count, file descriptor, open file, files open, biggest
            file, largest file, biggest folder, largest folder, largest directory, biggest directory, folder,
            directory, home directory
        """,
        """
            inode, nombre de fichiers, combien de fichiers, descripteur, fichier ouvert, fichiers ouverts, plus
            gros fichier, plus gros dossier, dossier, repertoire, plus gros fichiers, plus gros dossiers,
            descripteurs de fichiers
        """,
        Topic({"en": "Files and inodes", "fr": "Les fichiers et les inodes"}, ("disk",)),
    ),
    "system": (
        """
            operating system, os, kernel, linux version, which linux, distribution, distro, version, python
            version, patch, kernel version, which version, ubuntu, debian, what linux, update, updates, windows,
            macos, up to date
        """,
        """
            systeme d'exploitation, os, noyau, distribution, distrib, version, version du noyau, quelle version,
            ubuntu, debian, quel linux, mise a jour, mises a jour, windows, a jour
        """,
        Topic({"en": "The operating system", "fr": "Le système d'exploitation"}, ("cpu", "count")),
    ),
    "model": (
        """
            brand, model, manufacturer, vendor, make, serial number, price, cost, intel, amd, arm, architecture,
            generation, kind of processor, kind of cpu, type of processor, type of cpu, kind of ram, type of ram,
            ddr, ddr4, ddr5, motherboard, bios, model name, socket type, warranty, type of disk, kind of disk,
            instruction set, tdp
        """,
        """
            marque, modele, fabricant, constructeur, numero de serie, prix, intel, amd, arm, architecture,
            generation, type de processeur, genre de processeur, type de ram, ddr, carte mere, bios, garantie,
            type de disque, type de memoire, reference
        """,
        Topic({"en": "The make of the hardware", "fr": "La marque du matériel"}, ("cpu", "count")),
    ),
    "screen": (
        """
            screen, how many monitors, monitors connected, external monitor, second monitor, monitor resolution,
            resolution, display, volume level, sound, speaker, audio, microphone, webcam, camera, keyboard, mouse,
            printer, usb, brightness of the screen, peripheral
        """,
        """
            ecran, resolution, le son, du son, haut parleur, audio, micro, webcam, camera, clavier, souris,
            imprimante, usb, peripherique
        """,
        Topic({"en": "Peripherals", "fr": "Les périphériques"}, ("cpu", "load")),
    ),
    "log": (
        """
            log, error, error log, crash, crashed, requests, request, http, attack, hacked, virus, malware,
            intrusion, failed login, database, query, email, mail, backup, security, certificate, exception,
            attacker, breach, hacker, bug
        """,
        """
            journal, erreur, plantage, plante, requete, http, attaque, pirate, piratee, virus, intrusion, base de
            donnees, courriel, mail, sauvegarde, securite, certificat, exception, hacker, bug, journaux
        """,
        Topic(
            {"en": "Logs, requests and security", "fr": "Les journaux, les requêtes et la sécurité"}, ("cpu", "load")
        ),
    ),
    "parts": (
        """
            dimm, memory slot, ram slot, ram stick, memory stick, memory module, network cards, expansion slot,
            pci, ram sticks, memory sticks
        """,
        "barrette, emplacement memoire, module de memoire, pci",
        Topic({"en": "The parts of the hardware", "fr": "Le détail du matériel"}, ("memory", "total")),
    ),
    "disk_parts": (
        "mount point, mounted",
        "point de montage",
        Topic({"en": "The number of disks", "fr": "Le nombre de disques"}, ("disk", "total")),
    ),
    "net_parts": (
        """
            how many interfaces, how many network interfaces, how many network cards, number of interfaces, link
            speed, which interface, which network, what network, mtu, eth, who am i connected to, network name,
            network topology
        """,
        """
            combien d'interfaces, combien d interfaces, nombre d'interfaces, quelle interface, quel reseau, mtu,
            interface, combien de cartes reseau, nom du reseau
        """,
        Topic({"en": "The network's interfaces", "fr": "Les interfaces réseau"}, ("network",)),
    ),
}

#: Programs that people ask about by name.
PROGRAMS: Final = """
    firefox, chrome, chromium, safari, edge, brave, opera, slack, teams, zoom, spotify, steam, docker, postgres,
    postgresql, mysql, mariadb, redis, nginx, apache, java, python, node, nodejs, vscode, code, vlc, gimp,
    blender, systemd, kubelet, kubernetes, minecraft, discord, excel, outlook, thunderbird, mongodb, mongo,
    elasticsearch, grafana, prometheus, jenkins, gitlab, wordpress, php, ollama, photoshop, libreoffice, emacs,
    vim, gnome, kde, xorg, tomcat, rabbitmq, kafka, skype, whatsapp, telegram, obs, dropbox, nextcloud, plex,
    jupyter, intellij, eclipse, pycharm, celery, gunicorn, sshd, cron, bash, mysqld, httpd, nats, caddy, haproxy,
    webpack, npm, rust, cargo, gcc, matlab, rstudio
"""

#: Units of amounts: how many bytes (or how much of a base unit) one is.
BYTES: Final[Mapping[str, int]] = {
    **dict.fromkeys(("byte", "octet", "b", "o"), 1),
    **dict.fromkeys(("kb", "ko", "kib", "kilobyte", "kilooctet", "kilo"), 2**10),
    **dict.fromkeys(("mb", "mo", "mib", "megabyte", "megaoctet", "meg", "mega", "mio"), 2**20),
    **dict.fromkeys(("gb", "go", "gib", "gigabyte", "gigaoctet", "gig", "giga", "gio"), 2**30),
    **dict.fromkeys(("tb", "to", "tib", "terabyte", "teraoctet", "tera", "tio"), 2**40),
}
PERCENT: Final = frozenset({"%", "percent", "pourcent", "pct", "percents"})
HERTZ: Final[Mapping[str, float]] = {"mhz": 1.0, "ghz": 1000.0, "megahertz": 1.0, "gigahertz": 1000.0, "hz": 1e-6}
BITS: Final = frozenset({"mbit", "mbps", "mbp", "megabit"})
TIMES: Final[Mapping[str, float]] = {
    **dict.fromkeys(("second", "sec", "seconde"), 1.0),
    **dict.fromkeys(("minute", "min", "mn"), 60.0),
    **dict.fromkeys(("hour", "heure", "hr"), 3600.0),
    **dict.fromkeys(("day", "jour", "journee"), 86400.0),
    **dict.fromkeys(("week", "semaine"), 604800.0),
}
#: Letters that are units of time behind a number in digits.
BRIEF_TIMES: Final[Mapping[str, float]] = {"s": 1.0, "m": 60.0, "h": 3600.0}
#: What a stretch of time is called that ends now, and what one that is still to come.
NEWEST: Final = _words("last past previou dernier derniere")
TO_COME: Final = _words(
    "next coming predict forecast will tomorrow demain sera prochain prochaine prochains prochaines venir"
)
#: Numbers that are nouns: so many of what follows.
DOZENS: Final[Mapping[str, float]] = {
    **dict.fromkeys(("dozen", "douzaine"), 12.0),
    **dict.fromkeys(("score", "vingtaine"), 20.0),
    **dict.fromkeys(("dizaine",), 10.0),
    **dict.fromkeys(("quinzaine",), 15.0),
    **dict.fromkeys(("trentaine",), 30.0),
    **dict.fromkeys(("cinquantaine",), 50.0),
    **dict.fromkeys(("hundred", "cent", "centaine"), 100.0),
    **dict.fromkeys(("thousand", "mille", "millier"), 1000.0),
    **dict.fromkeys(("million",), 1_000_000.0),
    **dict.fromkeys(("milliard", "billion"), 1_000_000_000.0),
}
#: What stands between a number of things and the size of one, and behind that size.
OF_SIZE: Final = _words("of at de d a with weighing pesant faisant use using need needing take taking x prennent")
EACH_OF: Final = _words("each apiece chacun chacune piece every par per")
TIMES_AS: Final = _words("x times fois")

NUMBER_WORDS: Final[Mapping[str, Mapping[str, float]]] = {
    "en": {
        "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
        "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
        "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
        "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "half": 0.5,
    },
    "fr": {
        "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8,
        "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
        "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "cent": 100, "demi": 0.5,
        "demie": 0.5, "moitie": 0.5,
    },
}  # fmt: skip
#: Words for amounts that stand for no single number; an answer must not slip one in either.
VAGUE_NUMBERS: Final = _words("""
    thousand million billion trillion dozen hundreds thousands millions billions dozens third thirds quarter
    quarters twice double triple thrice halves couple mille million milliard milliers millions milliards dizaine
    dizaines centaine centaines douzaine tiers quart quarts triple vingts cents septante huitante octante nonante
""")

ORDINALS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("first", "1st", "premier", "premiere"), 0),
    **dict.fromkeys(("second", "2nd", "deuxieme", "seconde"), 1),
    **dict.fromkeys(("third", "3rd", "troisieme"), 2),
    **dict.fromkeys(("fourth", "4th", "quatrieme"), 3),
    **dict.fromkeys(("fifth", "cinquieme"), 4),
    **dict.fromkeys(("sixth", "sixieme"), 5),
    **dict.fromkeys(("seventh", "septieme"), 6),
    **dict.fromkeys(("eighth", "huitieme"), 7),
    **dict.fromkeys(("last", "dernier", "derniere"), -1),
}

#: Parts of a whole, in percent.
FRACTIONS: Final[Mapping[str, float]] = {
    **dict.fromkeys(("quarter", "quart"), 25.0),
    **dict.fromkeys(("third", "tier"), 100 / 3),
    **dict.fromkeys(("fifth", "cinquieme"), 20.0),
    **dict.fromkeys(("tenth", "dixieme"), 10.0),
}

_DAYS_EN: Final = _words("monday tuesday wednesday thursday friday saturday sunday")
_DAYS_FR: Final = _words("lundi mardi mercredi jeudi vendredi samedi dimanche")
_MONTHS_EN: Final = _words("january february april june july august september october november december")
_MONTHS_FR: Final = _words("janvier fevrier avril mai juin juillet aout septembre octobre novembre decembre")
_DATES_EN: Final = [f"{word} {day}" for day in sorted(_DAYS_EN) for word in ("last", "on")] + [
    f"{word} {month}" for month in sorted(_MONTHS_EN) for word in ("last", "in")
]
_DATES_FR: Final = [f"{day} dernier" for day in sorted(_DAYS_FR)] + [f"en {month}" for month in sorted(_MONTHS_FR)]

#: What a question wants to know of a value.
INTENTS: Final[Mapping[str, tuple[str, str]]] = {
    "max": (
        """
            busiest, most, highest, hardest, max, maximum, top, peak, worst, biggest, heaviest, fullest, largest,
            greatest, spike, spiked, peaked, tallest
        """,
        """
            plus haut, plus eleve, maximum, max, pic, maximale, maximal, record, pire, le plus, la plus, les plus,
            plus charge, plus occupe, plus sollicite, plus utilise, plus grand, plus grande, plus gros, pointe
        """,
    ),
    "min": (
        "least, lowest, idlest, quietest, freest, min, minimum, lightest, smallest, emptiest",
        """
            moins, minimum, min, plus bas, minimale, minimal, creux, plus faible, plus petit, plus tranquille,
            plus calme, plus inactif, plus libre, plus basse, plus vide, plus petite
        """,
    ),
    "mean": ("average, mean, averaged, avg, on average, typical, typically", "moyenne, moyen, en moyenne, moyennement"),
    "up": (
        """
            growing, grow, grows, grown, grew, increasing, increase, increased, rising, rise, risen, rose,
            climbing, climb, climbed, going up, went up, gone up, filling up, fill up, leak, leaking, leaks,
            creeping up, creep, ramping
        """,
        """
            augmente, augmentent, augmenter, monte, monter, grimpe, grimper, croit, grandit, grandi, croissance,
            hausse, remplit, se remplit, fuite, fuit, grossit, grossir, progresse, accru, montee, augmentation
        """,
    ),
    "down": (
        """
            falling, fall, fell, fallen, dropping, drop, decreasing, decrease, decreased, shrinking, shrink, going
            down, went down, gone down, shrunk, declining
        """,
        """
            baisse, baisser, diminue, diminuer, descend, descendre, descendu, chute, chuter, decroit, reduit,
            diminution, retrecit
        """,
    ),
    "change": (
        """
            change, changed, changing, changes, stable, steady, constant, fluctuate, fluctuating, trend, evolve,
            evolved, evolution, trending, vary, varied, variation, difference, evolving, moved, over time,
            history, behaved, developed, compared, versus earlier, course, jump, jumped, delta
        """,
        """
            change, changer, varie, varier, bouge, bouger, evolue, evoluer, evolution, stable, constant, tendance,
            fluctue, variation, historique, au fil du temps, difference, compare, ecart, comporte, saut, stagne
        """,
    ),
    "recent": (
        "recently, lately, earlier, so far, just now, past while, ago, a while, moments ago, since",
        "recemment, dernierement, ces derniers temps, tout a l'heure, il y a, depuis, dernier, tantot",
    ),
    "long": (
        ", ".join(_DATES_EN)
        + """,
            yesterday, today, this morning, overnight, last night, this week, this afternoon, tonight, this month,
            last month, this year, last year, this hour
        """,
        ", ".join(_DATES_FR)
        + """,
            hier, aujourd'hui, aujourd hui, ce matin, cette nuit, cette semaine, ce soir, ce mois, mois dernier,
            cet apres midi, cette annee, nuit derniere, cette heure, semaine derniere
        """,
    ),
    "rate": (
        """
            per second, a second, rate, right now, currently, at the moment, being, throughput, bandwidth, how
            fast, speed, every second, each second, mbps, mbit, busy, is there any traffic, /s, faster, quickly,
            activity, pace, downloading, uploading, sending, receiving, live, instantaneous, idle, saturated, quiet
        """,
        """
            par seconde, debit, en ce moment, actuellement, vitesse, la seconde, a l'instant, bande passante,
            instantane, occupe, sature, /s, chaque seconde, en train, mbit, a quelle vitesse, rythme, activite,
            vite
        """,
    ),
    "total_since": (
        """
            since boot, since startup, since start, since the start, since the boot, since it booted, since last
            boot, in total, since the last reboot, since reboot, since it was started, since restart, so far,
            overall, altogether, since the last boot, since it started, since the machine started, since power on,
            since the machine booted, ever, since the server started, since last reboot, since bootup, total,
            since the server booted, already, since we booted, cumulative
        """,
        """
            depuis le demarrage, depuis le dernier demarrage, depuis le boot, au total, depuis l'allumage, en
            tout, depuis le redemarrage, depuis le dernier redemarrage, depuis qu'elle est allumee, depuis que la
            machine est allumee, total, totale, cumule, depuis le lancement, jusqu'ici, deja, depuis que la
            machine a demarre, depuis que le serveur est allume, depuis le debut, jusqu'a present, depuis que le
            serveur a demarre, cumulee, depuis l'amorcage, depuis qu'il est allume, depuis sa mise en route,
            depuis le reboot
        """,
    ),
    "over": (
        """
            over, above, more than, greater than, at least, exceed, exceeds, exceeding, exceeded, higher than,
            at minimum, a minimum of, no fewer than, no less than, not less than, not fewer than,
            beyond, larger than, bigger than, or more, >, past, upwards of, reach, reached, hit, crossed, >=
        """,
        """
            plus de, plus d, plus des, plus du, plus que, au dessus, superieur, superieure, depasse, depasser, au
            moins, au minimum, pas moins de, ou plus, >, au dela, plus grand que, excede, atteint, depassee, franchi,
            >=, passe les
        """,
    ),
    "under": (
        """
            under, below, less than, lower than, fewer than, at most, smaller than, or less, <, no more than, not more
            than, beneath, <=
        """,
        """
            moins de, moins d, moins des, moins du, moins que, en dessous, inferieur, inferieure, au plus, pas plus de,
            sous, <, sous la barre, <=
        """,
    ),
    "fit": (
        """
            room, another, fit, fits, enough, space, hold, store, install, load a, save, for a, need, needing,
            requiring, run, needs, require, requires, copy, put, accommodate, allocate, download a, squeeze,
            afford, handle, take, create, back up, keep, launch, start, run a, open, can i, could i, can we,
            spare, sufficient, will a, would a
        """,
        """
            place, tient, tenir, rentre, rentrer, loger, caser, caser un, stocker, installer, besoin, faut, assez,
            copier, mettre, passe, suffit, suffisamment, allouer, pour un, pour une, lancer, enregistrer,
            sauvegarder, ranger, ouvrir, puis je, peut on, je peux, on peut, suffisant, tiendra, tiendrait,
            rentrera, demarrer, charger, stocke, mets, tiennent, rentrent, tiendront, entrent, logent
        """,
    ),
    "overloaded": (
        """
            overloaded, overload, maxed, maxed out, pegged, swamped, struggling, overworked, saturated, slammed,
            hammered, under strain, slow, sluggish, laggy, lagging, stressed, strain, bogged, pinned, flat out,
            crawling, grinding, chugging, wheezing, panting, overtaxed, too busy, too high, too much, bottleneck,
            overwhelmed, redlining, sweating, choking, gasping, gasp, out of breath, suffocating, drowning,
            on its knees, on fire, going nuts, goin nuts, going crazy, going mad, haywire, out of steam
        """,
        """
            surcharge, surchargee, sature, saturee, a fond, a bloc, au taquet, rame, deborde, debordee, galere, lent,
            lente, a genoux, peine, souffre, trop charge, trop sollicite, trop occupe, stresse, a la ramasse, sous
            l'eau, trop, ramer, mouline, mouliner, tire la langue, en bave, en chie, essouffle, ca patine, il patine,
            elle patine, surregime, plein regime, a la peine, a la traine, suffoque, a bout de souffle, asphyxie,
            asphyxiee, noye, noyee, se noie, agonise, a l'agonie, crache ses poumons, au ralenti
        """,
    ),
    "busy": (
        """
            busy, working hard, active, loaded, under load, hard, hard at work, working, high, churning, cranking,
            toiling, slogging, labouring, laboring, taxed, breaking a sweat, break a sweat
        """,
        """
            du monde sur, occupe, occupee, charge, chargee, sollicite, sollicitee, actif, active, bosse, travaille,
            eleve, elevee, force, turbine, charbonne, trime, bourrine, transpire, carbure
        """,
    ),
    "idle": (
        """
            idle, idling, quiet, bored, doing nothing, relaxed, chilling, chill, sleeping, unused, dozing, asleep,
            snoozing
        """,
        """
            ca dort, elle dort, il dort, ca ronfle, ronronne, roupille, pouces, inactif, inactive, au repos,
            tranquille, oisif, chome, inutilise, glande, rien faire, se repose
        """,
    ),
    "full": (
        """
            full, almost full, nearly full, filled up, filled, exhausted, saturated, packed, used up, full up,
            tight, maxed, choked
        """,
        "plein, pleine, remplie, rempli, sature, saturee, blinde, epuise, epuisee, bourre",
    ),
    "empty": ("empty, emptied", "vide, vides"),
    "short": (
        """
            low, running low, short, run out, running out, lacking, short on, short of, tight, not enough,
            insufficient, ran out, scarce, starved, out of
        """,
        """
            a court, manque, manquer, manquons, juste, insuffisant, presque plus, bientot plus, faible, limite,
            pas assez, plus assez, manque t
        """,
    ),
    "enough": (
        "enough, sufficient, plenty, lots of, ample, loads of, much, a lot of, any",
        "assez, suffisamment, suffisant, suffit, beaucoup, encore, largement",
    ),
    "fine": (
        """
            ok, okay, fine, healthy, normal, alright, all right, good, reasonable, comfortable, safe, acceptable,
            breathing
        """,
        """
            ok, normal, normale, bien, bon, bonne, sain, raisonnable, nickel, correct, correcte, acceptable, respire,
            souffle
        """,
    ),
    "critical": (
        "problem, worry, issue, wrong, trouble, critical, alarming, bad, concern, worried, dangerous",
        "probleme, inquieter, souci, critique, inquietant, alarmant, mal, dangereux",
    ),
    "any": ("any, any of, one of, some, a core", "un des, l'un des, au moins un, aucun"),
    "all": (
        "all of, all cores, all the cores, all my cores, all our cores, all of them, every core, they all",
        "tous, tous les, toutes, toutes les",
    ),
    "overview": (
        """
            status, overview, summary, health, state, report, everything, vitals, key figures, metrics, stats,
            dashboard numbers, statistics, performance, condition, feel, feeling, shape, doing, holding up,
            coping, going on, health check, figures, readings, numbers
        """,
        """
            etat, resume, bilan, sante, forme, situation, statut, tout, chiffres, metriques, stats, statistiques,
            performance, comment va, se passe, rapport, comment se porte, comment ca va, ca va, vue d'ensemble,
            mesures, comment se sent, point
        """,
    ),
}

#: Words that carry no subject: they explain nothing, and count for nothing.
FILLER: Final[Mapping[str, str]] = {
    "en": (
        """
            a an the meet nice this that these those it its i me my mine you your we us our ours they them their he
            she his her is are was were be been being am do does did done doing has had having will would can could
            should shall may might must not no yes yeah yep nope of to in on at for from with by as into onto about
            and or but so if then than too very much many more most some any all both just only also still again
            already yet ever never now right currently moment present today here there where when what which who whom
            whose why how hey hi hello please pls plz thanks thank tell show give display list report say let know see
            check find get got make made want wanna need like look looking looks seem seems go going goes come put
            really actually exactly precisely roughly approximately approx around about quick question quickly current
            well ok okay uh um hmm oh lol dude man mate bro buddy sir everyone thing things stuff bit lot lots kind
            sort way much s t d ll re ve m don doesn isn aren wasn won didn couldn u r ya gonna gotta whats hows
            wheres thats im ive dont doesnt isnt arent gimme lemme wondering wonder curious mean means meaning overall
            general basically simply maybe perhaps please kindly value values reading figure number numbers amount
            metric metrics measure measured stat stats info information details exact precise quite pretty rather
            fairly nearly almost completely totally entirely half one two per via between among out off over under up
            down back away even though while until till because since after before during other another same such own
            every each few enough level levels status state situation percent help answer question ask asking user
            please doing done try trying run running runs think guess believe whether either neither nor anyway btw
            yo wats wat wuts wut goin doin da
            fyi asap ago time times long short worry worried big small high low good bad fine terms whole entire unit
            units express expressed convert converted standing sitting sits stands currently presently talking talk
            care interested happen happening happens wise quantity anything something nothing everything anyone
            someone him tomorrow little tiny wee person people work works worked mr ms start started first second
            third last next previous past new old later soon today somewhere read out stand keep kept allowed able
            possible possibly possibly total available best friend feel feeling ahead left room how's what's busy hows
            whatre
        """
    ),
    "fr": (
        """
            le la les l un une des de du d ce cet cette ces c ca cela ceci il ils elle elles on nous vous je j tu
            te t moi toi me m mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs lui se s y en a as
            ai ont avons avez est es sont suis sommes etes ete etre etait etaient sera serait fait fais faire font
            faut doit peut peux peuvent pouvez pourrait pourrais pourriez puis veux veut voudrais voudrait
            aimerais ne n pas plus moins non oui ouais ouai si et ou mais donc or ni car que qu qui quoi quel
            quelle quels quelles dont ou comment combien quand pourquoi est-ce dans sur sous par pour avec sans
            chez vers entre depuis pendant avant apres alors aussi tres trop peu beaucoup bien encore toujours
            deja jamais maintenant actuellement la ici voici voila dis dire dites moi donne donnez donner montre
            montrez montrer affiche indique indiquez savoir sais connaitre voir regarde svp stp merci bonjour
            salut coucou hello s'il plait plait comme ya actuel actuelle present moment instant chose truc trucs euh ben
            bah hein quoi mec gars frere petit petite grand environ exactement precisement vraiment juste
            seulement simplement peut-etre tout tous toute toutes meme memes autre autres chaque quelque quelques
            plusieurs valeur valeurs chiffre chiffres nombre quantite mesure mesures info infos information niveau
            etat au aux cours jusque presque completement totalement genre genere besoin question repondre reponds
            repondez demande demander veuillez tourne tourner marche marcher va vas vont aller allez passe cote
            niveau terme termes fois temps dernier derniere derniers dernieres premier premiere suis ayant rien
            personne ceux celui celle celles quasi plutot assez seul seule vrai faux sacre ah oh eh hop vite
            rapide bientot autour unite unites exprime converti convertir tant autant ainsi puisque lorsque quant
            parle parler interesse mets mettre peu pres jour heure fasse soit sois aurait aurais auraient avoir
            avait avais eu faudrait arrive possible beau bonne bon passer ailleurs dedans dehors dessus dessous
            surtout notamment cher chere ami estce cest jai combient trouve pourrait-on peut-on y-a-t-il crois
            demain compte comptes rendu bonsoir grave carrement vachement franchement indiquer noter connaitre connais
            koi kwa kel kelle keske pouvoir avance prepare pense penses pensez mal debut fin tiens gere gerer
        """
    ),
}

#: Verbs that are of a disk only beside what is, and words that ask for an amount.
READS_AND_WRITES: Final = _words("read write writes reading writing written lit ecrit ecrites lues lecture ecriture")
MEASURING: Final = _words(
    "much many fast rate per speed iops combien debit vitesse machine disk server par any lots lot"
)

#: What opens a question that no number of this machine answers.
KNOWLEDGE: Final = """
    invented, invent, inventor, history of, poem, haiku, joke, story, song, lyrics, essay, recipe, translate, capital,
    president, king, who wrote, who invented, definition, define, explain, meaning of, stand for, difference between,
    write a, write me, compose, tell me a joke, imagine, sing, rhyme, shell command, bash command, python function, in
    python, in bash, en python, en bash, in rust, in javascript, regex, algorithm, algorithme, source code, piece of
    code, ligne de code, limerick, advice, recommend, buy, purchase, film, movie, book, novel, football, weather, cook,
    how does a, how do i, how to, how can i, tutorial, teach, why do, why does a, what is a, what is an, what s a, what
    s an, whats a, prompt, instruction, system prompt, your name, who are you, who made you, your favourite, your
    favorite, poetry, riddle, philosophy, synonym, meaning, world, country, city, invente, inventeur, histoire, poeme,
    blague, recette, traduis, traduire, capitale, president, roi, qui a ecrit, qu'est ce qu'un, qu est ce qu un, qu est
    ce qu une, explique, definition, definis, a quoi sert, difference entre, ecris, compose, raconte, programming
    language, langage de programmation, the best, le meilleur, la meilleure, fastest ssd, fastest cpu, fastest
    processor, fastest computer, combien coute un, combien coute une, how much is a, spell, epelle, epeler, ecrit on,
    the word, le mot, pronounce, prononce, imagine, chante, rime, conseille, conseil, acheter, livre, roman, meteo,
    cuisine, quel temps fait, comment fonctionne, comment faire, apprends, consigne, ton nom, t'appelles, qui es tu,
    qui t a, signifie, veut dire, que signifie, monde, pays, ville, devinette, philosophie, synonyme, comment marche,
    instructions, comment on fait, pourquoi les, chanson
"""

#: Names in which our words mean something else.
ELSEWHERE: Final = """
    social network, neural network, network effect, professional network, road network, tv network, reseau social,
    reseau de neurone, reseau routier, reseau neuronal, human memory, memory lane, memory loss, loss of memory, long
    term memory, short term memory, childhood memory, memory of an elephant, memory foam, lost my memory, losing my
    memory, lose my memory, in memory of, good memory, bad memory, memories, perds la memoire, perdre la memoire, perdu
    la memoire, trou de memoire, en memoire de, memoire courte, memoire humaine, memoire d'elephant, devoir de memoire,
    charge de la preuve, charge mentale, charge de travail, prise en charge, disque d'or, disque prefere, disque
    vinyle, disque de jazz, vinyl disk, golf disc, disc golf, herniated disc, hernie discale, apple core, core value,
    core business, hard core, core strength, core memory, coeur brise, coeur humain, mal au coeur, coup de coeur, coeur
    de metier, chocolate chip, potato chip, fish and chips, chips, puce a l'oreille, my head, my brain, my stomach, my
    heart, mon coeur, ma tete, mon cerveau, parking space, outer space, personal space, living space, spare time, free
    time, temps libre, free will, free speech, storage unit, storage box, of my phone, my phone s, de mon telephone,
    smartphone, iphone, ipad, i m cold, i m hot, it s hot, it s cold, il fait chaud, il fait froid, j ai chaud, j ai
    froid, my room, in a kilobyte, in a megabyte, in a gigabyte, in a terabyte, in a byte, dans un octet, dans un ko,
    dans un mo, dans un go, dans un to
"""

#: What asks for something other than the truth.
COAXING: Final = """
    ignore, pretend, lie, lying, claim, say that, just say, answer with, respond with, reply with, reply only, act
    as, forget your, forget everything, forget all, you are now, override, system prompt, instructions, repeat
    after, make up, invent a, fake, whatever the data, no matter what, tell me that, roleplay, role play,
    jailbreak, dan, developer mode, hypothetically, suppose, assume, instead of the real, disregard, convince,
    insist, must say, must answer, must reply, say it, swear, admit it, regardless, confirm that, fais semblant,
    fais comme si, pretends, mens, mens moi, mentir, dis que, dis moi que, reponds que, affirme, oublie tes,
    oublie toutes, ignore tes, ignore les, tu es maintenant, invente, n'importe quoi, consignes, repete apres,
    jure, suppose, imagine que, fais croire, peu importe les donnees, confirme que, confirme moi que, reponds
    seulement, reponds uniquement, admettons
"""

#: What follows is not what is asked about. The first list always; the second needs a contrast beside it.
NEGATORS: Final = """
    not, never mind, forget, don t want, dont want, don t need, don t care about, dont care about, don t mean, do not
    want, do not need, do not care about, don t give me, don t tell me, don t show, except, excluding, without, other
    than, rather than, instead of, besides, apart from, anything but, everything but, don't, dont, don t, not
    interested in, not asking about, aside from, leaving out, ignore, ignoring, skip, no, pas, non pas, et non, sauf,
    hormis, excepte, sans, plutot que, au lieu de, au lieu du, a part, oublie, laisse tomber, peu importe, non, mis a
    part
"""
#: What "not" denies, with nothing but these between: "not yet used", "n'a pas encore ete utilise".
VACANT: Final = _words("free available vacant libre libres disponible disponibles dispo dispos")
BETWEEN: Final = _words("been yet being currently actually really still in encore ete en cours d actuellement already")
DENYING: Final = _words("isn aren wasn weren hasn haven ain")
#: Before these "charge" is what somebody wants to know, and not how something is.
ARTICLES: Final = _words("la une cette sa ta ma notre votre de quelle the a")
#: What ends the reach of one.
ENDERS: Final = _words("""
    , ; . ? ! : but just only rather tell give show i what how mais plutot juste seulement dis donne montre je
    quel quelle combien and et though want simply uniquement whats cependant
""")

#: What asks for all of a stretch of time, what has none of its movement, and what says that something moves.
ALWAYS: Final = (
    "all the time", "always", "constantly", "throughout", "the whole time", "stay", "stayed", "remain", "remained",
    "toujours", "constamment", "tout le temps", "en permanence", "sans cesse", "reste", "restee",
)  # fmt: skip
EVER: Final = _words("ever never jamais")
STEADY: Final = _words("stable steady constant constante stagne")
CHANGING: Final = STEADY | _words("""
    change changed changing changes fluctuate fluctuating vary varied evolved evolving moved jumped compared changer
    varie varier bouge bouger evolue evoluer fluctue
""")

CONNECTORS: Final = _words(
    """
        , ; . ? ! : & + / and et or ou also aussi then puis puis as along avec ainsi with versus vs
    """
)

#: What stores amounts on the disk, and what puts them in memory.
ON_DISK: Final = """
    file, movie, film, video, backup, game, download, iso, image, dataset, photo, archive, save, store, copy,
    install, picture, music, album, recording, dump, log, folder, document, series, episode, tarball, zip,
    snapshot, upload, fichier, jeu, telecharger, stocker, sauvegarde, sauvegarder, enregistrer, copier, installer,
    musique, dossier, serie, photos, donnees, vacances, enregistrement, archives, ranger, paquet
"""
IN_MEMORY: Final = """
    process, program, app, run, launch, vm, allocate, cache, heap, java, container, job, model, workload,
    application, script, virtual machine, load, task, spin up, instance, worker, service, tmpfs, ramdisk, matrix,
    array, buffer, programme, processus, lancer, machine virtuelle, allouer, conteneur, modele, appli, tache,
    demarrer, tableau, matrice, logiciel, tourner
"""
WHICH: Final = _words("which quel quelle quels quelles where who whose lequel laquelle")
ASKING: Final = _words("""
    how what whats hows which when where why who koi kwa kel kelle keske combien quel quelle quels quelles comment que
    quoi qu ou pourquoi quand
""")


#: Parts of a field's name that say its unit, which people do not say.
UNIT_WORDS: Final = _words("percent pct mb gb b kb mhz hz ms s celsius c rpm v a w ratio total_bytes")
#: Words of a help sentence that say nothing of the field.
HELP_WORDS: Final = _words(
    """
        the a an of to in is are since boot previous sample last from with by for and or at on it what where
        current mean value read reads number numbers null machine tell each per it's its that this over all
    """
)
#: What makes "the highest" one of the past rather than one of many.
LOOKING_BACK: Final = _words(
    """
        peak peaked highest lowest max maximum min minimum record pic spike spiked average mean avg averaged
        moyenne moyen pointe haut eleve bas maximal maximale minimal minimale typical creux
    """
)
#: What stands before a stretch of time that has been, and before one that is a pace ("a second").
PAST: Final = _words(
    """
        last past previous over during since for ago within depuis dernier derniere passe passee pendant cours ces
        il latest these preceding final recent precedent precedente in sur en
    """
)
PACE: Final = _words("per par each every chaque la a / is cpu")
#: What tells "what is the CPU at now" from "what is a CPU".
HERE: Final = _words("the my our this at now on doing up to like ma ta notre ce cette")
#: Topics of a machine whose words the world at large has too.
WORLDLY: Final = frozenset({"model", "log", "screen", "address", "user", "system", "health", "power", "light", "inode"})
#: What says that a program runs.
RUNS: Final = _words("running run runs tourne lance started installed up demarre fonctionne alive working")
#: Who is loaded himself.
OF_THE_ASKER: Final = _words("i im je j myself")
#: What asks for an overview even without naming the machine.
OVERVIEW: Final = _words(
    """
        status overview summary report vitals metrics stats bilan resume rapport metriques statistiques health
    """
)
